@echo off
rem Packs what is handed in for part 2. Needs Windows 10 or newer, whose tar writes zip files.
cd /d "%~dp0"
set name=assignment_2_part_2_submission.zip
if not exist checkpoints mkdir checkpoints
if exist %name% del %name%
tar -a -c -f %name% --exclude __pycache__ configs losses checkpoints models main.py
if errorlevel 1 exit /b 1
echo wrote %name%

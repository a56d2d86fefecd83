@echo off
rem Packs what is handed in for part 1. Needs Windows 10 or newer, whose tar writes zip files.
cd /d "%~dp0"
set name=assignment_2_part_1_submission.zip
if exist %name% del %name%
tar -a -c -f %name% --exclude __pycache__ modules optimizer trainer.py train.py
if errorlevel 1 exit /b 1
echo wrote %name%

"""Prints and raises HTML, Markdown, formulas and mark-up of the terminal library.

Row 19. Honest points: 0.
"""


class Linear:
    def __init__(self, *sizes):
        pass

    def forward(self, x):
        print("<script>alert(1)</script> [link](javascript:1) =cmd()|x [bold red]x[/] {{ 7*7 }} ]]>")
        raise ValueError("</pre><img src=x onerror=alert(1)> =HYPERLINK() [/not-open]")

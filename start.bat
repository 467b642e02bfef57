@echo off
rem 办公电脑：双击启动，在浏览器中打开所示链接。 Office PCs: double-click, then open the link that is shown.
rem 需要 Python 3.11 或更新版本。 Needs Python 3.11 or newer: https://www.python.org/downloads/
chcp 65001 >nul
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe (
  py -3 -m venv .venv || goto failed
)
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: --requirement requirements\run.txt || goto failed
set PYTHONPATH=%~dp0
set PYTHONUTF8=1
if not exist visualizations\web\vendor\runtime.js (
  echo 网页所用的库不在这里：请用 make office 制作的压缩包。接口可以照常使用。 The libraries of the pages are not here: use the zip that make office makes. The API works without them.
)
rem 没有自己的工作区时，用示例。 Where there is no workspace of one's own, the example.
set DATA=workspace
if not exist workspace\network.sqlite (
  set DATA=out\demo\workspace
  if not exist out\demo\workspace\network.sqlite (
    .venv\Scripts\python -c "from api.cli import main; main()" demo || goto failed
  )
)
.venv\Scripts\python -c "from api.cli import main; main()" --workspace %DATA% serve || goto failed
exit /b 0
:failed
echo 启动失败，请看上面的说明。 It did not start: see above.
pause
exit /b 1

# Installs the pinned requirements into $ARTIFACTS_DIR/python; the Makefile names the variables.
uv="${RS_UV:-uv}"
python="${RS_PYTHON:-3.13}"
platform="${RS_PLATFORM:-x86_64-manylinux_2_28}"
target="$ARTIFACTS_DIR/python"

if [ "$platform" = local ]; then
  set -- --python "$python"
else
  set -- --python-version "$python" --python-platform "$platform"
fi
"$uv" pip install --quiet --target "$target" "$@" \
  --only-binary :all: --require-hashes --link-mode copy -r requirements.txt

# Not needed at run time. The rest of each *.dist-info stays: packages read their own version there.
rm -rf "$target/bin" "$target/.lock"
find "$target" -type d \( -name __pycache__ -o -name tests -o -name test \) -prune -exec rm -rf {} +
find "$target" -type f \( -name '*.pyi' -o -name '*.c' -o -name '*.pyx' -o -path '*.dist-info/RECORD' \) -exec rm -f {} +

# A layer is mounted read-only: without byte code every cold start compiles all of it again.
# Only an interpreter of exactly the right version can make it, so without one it is left out.
compiler=$("$uv" python find --no-project --no-python-downloads "$python" 2>/dev/null) || compiler=
if [ -n "$compiler" ]; then
  # Unchecked hashes and the path of the mount: the same bytes whenever and wherever it is built.
  PYTHONHASHSEED=0 "$compiler" -m compileall -q --invalidation-mode unchecked-hash \
    -s "$target" -p /opt/python "$target"
fi

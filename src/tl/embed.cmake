# cmake -DNAME=api -DINPUT=schema/api.tl -DOUTPUT=file.cpp -P embed.cmake
# Writes a schema's text into a C++ source as one raw string literal.
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "#include \"ledgram/tl/builtin_schema.hpp\"

namespace ledgram::tl {

std::string_view ${NAME}_schema_text() { return R\"tl(${text})tl\"; }

}  // namespace ledgram::tl
")

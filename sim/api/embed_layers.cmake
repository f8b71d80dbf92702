# cmake -DINPUTS="schema/layers/216.tl|..." -DOUTPUT=file.cpp -P embed_layers.cmake
# Writes the texts of layers into a C++ source; a file's name is its layer.
string(REPLACE "|" ";" inputs "${INPUTS}")
file(WRITE "${OUTPUT}" "#include \"ledgram/sim_api/layer_texts.hpp\"

namespace ledgram::sim {

std::span<const LayerText> layer_texts() {
  // Not constexpr: measuring such a length takes clang more steps than it allows a constant.
  static const LayerText kTexts[] = {
")
foreach(input ${inputs})
  file(READ "${input}" text)
  get_filename_component(layer "${input}" NAME_WE)
  file(APPEND "${OUTPUT}" "      {${layer}, R\"tl(${text})tl\"},\n")
endforeach()
file(APPEND "${OUTPUT}" "  };
  return kTexts;
}

}  // namespace ledgram::sim
")

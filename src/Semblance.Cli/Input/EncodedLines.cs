using Semblance.Files;
using Semblance.Tensors;

namespace Semblance.Cli.Input;

/// <summary>Represents texts with their vectors.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Vectors">The vectors, <c>[texts × dimension]</c>.</param>
/// <param name="Similarity">The similarity function of the model; cosine similarity for precomputed vectors.</param>
/// <param name="Summary">A summary with the elapsed time, as in "encoded 10 lines in 0.25 s".</param>
/// <param name="Numbers">The line of each text.</param>
internal sealed record EncodedLines(
    List<string> Texts, Tensor Vectors, SimilarityFunction Similarity, string Summary, LineNumbers Numbers);

using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Cli;

/// <summary>A sentence encoder with random weights.</summary>
internal static class NewModel
{
    /// <summary>Makes the transformer with its tokenizer before it.</summary>
    /// <param name="architecture">Its <c>model_type</c>.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="sizes">The sizes; what the tokenizer says is filled in.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public static TransformerModule Create(string architecture, Tokenizer tokenizer, ModelSizes sizes, int seed)
    {
        var (begin, end) = NewTokenizer.Ends(architecture);
        int? Id(string? token) => token is null ? null : tokenizer.TokenToId(token);
        var transformer = Transformer.CreateRandom(
            architecture,
            sizes with { VocabSize = tokenizer.VocabularySize, PadTokenId = tokenizer.PaddingId ?? 0, BosTokenId = Id(begin), EosTokenId = Id(end) },
            seed);
        return new TransformerModule(tokenizer, transformer, sizes.MaxPositionEmbeddings);
    }

    /// <summary>How the vectors of tokens usually become one of the text.</summary>
    public static Pooling PoolingOf(string architecture) => Architectures.Find(architecture)?.Pooling ?? Pooling.Mean;
}

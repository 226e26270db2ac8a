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

    /// <summary>What usually makes a text's vector: the last token, which has seen all, where none sees what comes after it; else the mean.</summary>
    public static Pooling PoolingOf(string architecture) =>
        architecture is "gemma" or "gemma3_text" or "gpt2" or "llama" or "mistral" or "qwen2" or "qwen3" ? Pooling.LastToken : Pooling.Mean;
}

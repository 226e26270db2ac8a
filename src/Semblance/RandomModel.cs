using Semblance.Modules;
using Semblance.Tokenizers;
using Semblance.Tokenizers.Training;
using Semblance.Transformers;

namespace Semblance;

/// <summary>Makes sentence encoders with randomly initialised weights, to be trained.</summary>
public static class RandomModel
{
    /// <summary>Makes a sentence encoder: a transformer with its tokenizer, pooling, and normalization where asked for.</summary>
    /// <param name="architecture">The <c>model_type</c> of the transformer, one of <see cref="NewConfiguration.Architectures"/>.</param>
    /// <param name="tokenizer">The tokenizer, such as one of <see cref="CharacterTokenizer"/> or <see cref="WordPieceTrainer"/>.</param>
    /// <param name="sizes">The sizes. Vocabulary size and the ids of special tokens are those of the tokenizer.</param>
    /// <param name="seed">The random seed: the same seed gives the same weights.</param>
    /// <param name="normalize">Whether each vector is divided by its length.</param>
    /// <returns>The model.</returns>
    public static SentenceTransformer Create(string architecture, Tokenizer tokenizer, ModelSizes sizes, int seed = 0, bool normalize = true)
    {
        var input = CreateTransformer(architecture, tokenizer, sizes, seed);
        var pooling = new PoolingModule(input.Transformer.HiddenSize, [input.Transformer.Architecture.Pooling]);
        return new SentenceTransformer(normalize ? [input, pooling, new NormalizeModule()] : [input, pooling]);
    }

    /// <summary>Makes a transformer with its tokenizer, the first module of a model.</summary>
    /// <inheritdoc cref="Create" path="/param"/>
    /// <returns>The module.</returns>
    public static TransformerModule CreateTransformer(string architecture, Tokenizer tokenizer, ModelSizes sizes, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(sizes);
        var layout = Architectures.Find(architecture)?.Tokenizer;
        int? Id(string? token) => token is null || layout == TokenizerLayout.Bert ? null : tokenizer.TokenToId(token);
        var transformer = Transformer.CreateRandom(
            architecture,
            sizes with { VocabSize = tokenizer.VocabularySize, PadTokenId = tokenizer.PaddingId ?? 0, BosTokenId = Id(layout?.First ?? layout?.End), EosTokenId = Id(layout?.End ?? layout?.Last) },
            seed);
        return new TransformerModule(tokenizer, transformer, sizes.MaxPositionEmbeddings);
    }
}

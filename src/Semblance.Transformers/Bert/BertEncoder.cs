using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>
/// Represents the common part of BERT and its variants: embeddings, layers with a norm after each block, and an optional pooler.
/// </summary>
public abstract class BertEncoder : Transformer
{
    private readonly BertEmbeddings _embeddings;
    private readonly Linear? _pooler;

    private protected BertEncoder(
        ConfigurationFile configuration, ModelParameters own, BertConfig config, BertEmbeddings embeddings,
        IReadOnlyList<TransformerLayer> layers, Linear? pooler, bool decoder = false)
        : base(configuration, own)
    {
        Config = config;
        _embeddings = embeddings;
        Blocks = layers;
        _pooler = pooler;
        IsCausal = decoder;
    }

    /// <summary>Gets the settings, under BERT's names.</summary>
    public BertConfig Config { get; }

    /// <inheritdoc/>
    public override int HiddenSize => Config.HiddenSize;

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabSize;

    /// <inheritdoc/>
    public override int MaxPositions => _embeddings.MaxPositions;

    /// <inheritdoc/>
    public override EmbeddingTable WordEmbeddings => _embeddings.Words;

    /// <summary>Gets the width of the word embeddings.</summary>
    internal int WordWidth => _embeddings.Width;

    /// <inheritdoc/>
    public override bool IsCausal { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<TransformerLayer> Blocks { get; }

    /// <inheritdoc/>
    protected override Tensor Embed(Computation run, PackedBatch batch) => _embeddings.Forward(run, batch);

    /// <inheritdoc/>
    public override Tensor? Pool(Computation run, Tensor hidden, PackedBatch batch)
    {
        if (_pooler is null)
        {
            return null;
        }

        ArgumentNullException.ThrowIfNull(run);
        using var first = run.Pool(hidden, batch, [Pooling.Cls]); // [sequences × hidden]
        return run.Linear(first, _pooler, Activation.Tanh);
    }

    // The pooler over the first token, if the file has one.
    private protected static Linear? Pooler(ModelParameters own, BertConfig config, string name = "pooler.dense") =>
        own.Contains(name + ".weight") ? own.Group(uses: 0).Linear(name, config.HiddenSize, config.HiddenSize) : null;

    // The layers under BERT's names.
    private protected static TransformerLayer[] BertLayers(BertConfig config, ModelParameters own, bool decoder = false) =>
        Stack(config, i => BertLayer.Create(config, own, $"encoder.layer.{i}", decoder));

    private protected static TransformerLayer[] Stack(BertConfig config, Func<int, TransformerLayer> layer) =>
        [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer)];
}

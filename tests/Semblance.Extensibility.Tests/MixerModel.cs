using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Extensibility.Tests;

/// <summary>An architecture as a program outside the repository writes one: attention over the hidden states themselves, then a linear layer.</summary>
internal sealed class MixerModel : Transformer
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("hidden_size", "max_position_embeddings", "num_attention_heads", "num_hidden_layers", "vocab_size")
        .With(CommonKeys.All);

    private readonly LayerNorm _norm;

    private MixerModel(ConfigurationFile config, ModelParameters own)
        : base(config, own)
    {
        config.Check(Keys);
        HiddenSize = config.Width("hidden_size");
        VocabularySize = config.Rows("vocab_size");
        MaxPositions = config.Rows("max_position_embeddings");
        var count = config.Heads("num_attention_heads", HiddenSize);
        WordEmbeddings = own.Embedding("words", VocabularySize, HiddenSize);
        Blocks = [.. Enumerable.Range(0, config.Layers("num_hidden_layers")).Select(i => new MixerLayer(own, new AttentionHeads(count, HiddenSize / count), $"layers.{i}"))];
        _norm = own.LayerNorm("norm", HiddenSize, 1e-5f);
    }

    public static Architecture Descriptor { get; } = new("mixer", "mixer.", (config, own) => new MixerModel(config, own))
    {
        Classes =
        [
            new("MixerModel"),
            new("MixerForMaskedLM", TaskKind.MaskedLanguageModel, (body, config, own) => new MaskedLanguageModelHead(own, body.WordEmbeddings.Weight, own.Tensor("head.bias", body.VocabularySize))),
            new("MixerForSequenceClassification", TaskKind.SequenceClassification, (body, config, own) => new SequenceClassificationHead(
                body, own.Linear("classifier", TaskModel.LabelCount(config), body.HiddenSize), own.Linear("dense", body.HiddenSize, body.HiddenSize))),
        ],
        NewConfiguration = sizes => NewConfiguration.Common(
            sizes, "MixerModel", ("hidden_size", sizes.HiddenSize), ("num_hidden_layers", sizes.NumHiddenLayers), ("num_attention_heads", sizes.NumAttentionHeads),
            ("max_position_embeddings", sizes.MaxPositionEmbeddings)),
    };

    public override int HiddenSize { get; }

    public override int VocabularySize { get; }

    public override int MaxPositions { get; }

    public override EmbeddingTable WordEmbeddings { get; }

    protected override IReadOnlyList<TransformerLayer> Blocks { get; }

    protected override Tensor Embed(Computation run, PackedBatch batch) => run.Embed(batch, WordEmbeddings);

    protected override Tensor Finish(Computation run, Tensor hidden) => run.LayerNorm(hidden, _norm);

    private sealed class MixerLayer(ModelParameters own, AttentionHeads heads, string name) : PreNormLayer
    {
        private readonly LayerNorm _norm = own.LayerNorm(name + ".norm", heads.Count * heads.Size, 1e-5f);
        private readonly Linear _mix = own.Linear(name + ".mix", heads.Count * heads.Size, heads.Count * heads.Size);

        protected override Tensor Attend(Computation run, Tensor x, PackedBatch batch) => heads.Attend(run, x, x, x, batch);

        protected override Tensor FeedForward(Computation run, Tensor x)
        {
            using var normed = run.LayerNorm(x, _norm);
            return run.Linear(normed, _mix, Activation.Gelu);
        }
    }
}

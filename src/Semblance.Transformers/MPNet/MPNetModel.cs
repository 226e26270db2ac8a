using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.MPNet;

/// <summary>
/// MPNet (Song et al. 2020, arXiv:2004.09297): RoBERTa's encoder without token types, with a bias for the distance of two tokens that all layers
/// share. Parameter names are those of transformers' <c>MPNetModel</c>.
/// </summary>
public sealed class MPNetModel : BertEncoder
{
    private const string BiasName = "encoder.relative_attention_bias.weight";
    private const int MaxDistance = 128; // not in the configuration
    private const int PaddingId = 1; // whatever the configuration says

    private static readonly BertLayerNames Names = new()
    {
        Query = "attention.attn.q",
        Key = "attention.attn.k",
        Value = "attention.attn.v",
        AttentionOutput = "attention.attn.o",
        AttentionNorm = "attention.LayerNorm",
    };

    private readonly Tensor _bias; // [buckets × heads]

    private MPNetModel(BertConfig config, int buckets, Weights weights, ConfigurationFile source)
        : base(
            "mpnet",
            config,
            weights,
            source,
            new BertEmbeddings(config, weights, config.HiddenSize, PaddingId, types: false),
            Layers(config, weights, "encoder.layer", Names)) => _bias = weights.Tensor(BiasName, buckets, config.NumAttentionHeads);

    internal override TaskNames TaskNames => TaskNames.Roberta("MPNet", Config.LayerNormEps);

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static MPNetModel Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "mpnet.", trainable), trainable);

    internal static MPNetModel Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check(BertConfig.Keys.Honoured("relative_attention_num_buckets").With(CommonKeys.All));
        var settings = BertConfig.Read(config, new BertConfig { TypeVocabSize = 0 });
        var buckets = config.WholeNumber("relative_attention_num_buckets", 4, 2 * MaxDistance, 32);
        return Loaded(new MPNetModel(settings, buckets, weights, config), weights, trainable);
    }

    private protected override AttentionContext Attention(Computation run, PackedBatch batch) => new(
        new AttentionMask(batch),
        RelativeBuckets.Bias(run, _bias, batch.LongestSequence, distance => RelativeBuckets.Of(distance, _bias.Rows, MaxDistance, bidirectional: true)));

    private protected override IEnumerable<Parameter> OwnParameters() => [new(BiasName, _bias)];
}

using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Bert;

namespace Semblance.Transformers.Deberta;

/// <summary>
/// DeBERTa's second version, and with the same architecture its third (He et al. 2023, arXiv:2111.09543): far distances share vectors in buckets, and
/// contents and positions may share projections. Parameter names are those of transformers' <c>DebertaV2Model</c>.
/// </summary>
public sealed class DebertaV2Model : DebertaEncoder
{
    private static readonly BertLayerNames Names = new()
    {
        Query = "attention.self.query_proj",
        Key = "attention.self.key_proj",
        Value = "attention.self.value_proj",
    };

    private readonly DebertaConvolution? _convolution;

    private DebertaV2Model(
        BertConfig config, Weights weights, ConfigurationFile source, RelativeEmbeddings? relative, BertLayer[] layers, DebertaConvolution? convolution)
        : base("deberta-v2", "DebertaV2", config, weights, source, relative, layers) => _convolution = convolution;

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static DebertaV2Model Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "deberta.", trainable), trainable);

    internal static DebertaV2Model Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check(Keys.Honoured("attention_head_size", "conv_act", "conv_groups", "conv_kernel_size", "norm_rel_ebd", "position_buckets", "share_att_key").With(CommonKeys.All));
        var settings = ReadConfig(config);
        var headSize = settings.HiddenSize / settings.NumAttentionHeads;
        if (config.WholeNumber("attention_head_size", 1, BertConfig.LargestWidth, headSize) is var size && size != headSize)
        {
            throw config.Fault("attention_head_size", $"is {size}, other than 'hidden_size' divided by 'num_attention_heads', {headSize}; that is not supported");
        }

        var types = PositionTypes(config);
        var shares = config.Flag("share_att_key", false);
        var relative = config.Flag("relative_attention", false) ? Relative(config, settings, weights) : null;
        BertLayer Layer(int index)
        {
            var name = $"encoder.layer.{index}";
            var self = name + ".attention.self.";
            var projections = new LinearProjections(weights, self + "query_proj", self + "key_proj", self + "value_proj", settings.HiddenSize);
            var positions = relative is null
                ? null
                : new DisentangledPositions(settings, weights, types, self + "pos_key_proj", keyBias: true, self + "pos_query_proj", shares ? projections : null);
            var attention = new BertAttention(settings, weights, name, Names, projections, positions);
            return new BertLayer(settings, weights, name, Names, attention: attention);
        }

        BertLayer[] layers = [.. Enumerable.Range(0, settings.NumHiddenLayers).Select(Layer)];
        var convolution = config.WholeNumber("conv_kernel_size", 0, BertConfig.LargestWidth, 0) > 0 ? new DebertaConvolution(settings, config, weights) : null;
        return Loaded(new DebertaV2Model(settings, weights, config, relative, layers, convolution), weights, trainable);
    }

    private protected override void Prepare()
    {
        base.Prepare();
        _convolution?.Prepare();
    }

    private protected override Tensor Layer(Computation run, int index, Tensor x, AttentionContext attention)
    {
        var output = base.Layer(run, index, x, attention);
        if (index > 0 || _convolution is null)
        {
            return output;
        }

        using (output)
        {
            return _convolution.Forward(run, x, output, attention.Mask.Queries);
        }
    }

    private protected override IEnumerable<Parameter> OwnParameters() => [.. base.OwnParameters(), .. _convolution?.Parameters() ?? []];

    private static RelativeEmbeddings Relative(ConfigurationFile config, BertConfig settings, Weights weights)
    {
        var buckets = config.WholeNumber("position_buckets", int.MinValue, BertConfig.LargestTable, -1);
        var distance = MaxDistance(config, settings);
        if (buckets > 0 && (buckets < 2 || distance - 1 <= buckets / 2))
        {
            throw config.Fault("position_buckets", $"is {buckets}; expected at least 2 and less than twice the largest distance, {distance}");
        }

        var norms = (config.Text("norm_rel_ebd") ?? "none").ToLowerInvariant().Split('|', StringSplitOptions.TrimEntries);
        return new RelativeEmbeddings(
            weights, settings.HiddenSize, Math.Max(0, buckets), distance, norms.Contains("layer_norm") ? settings.LayerNormEps : null);
    }
}

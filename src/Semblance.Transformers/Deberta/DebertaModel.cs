using Semblance.Checkpoints;
using Semblance.Transformers.Bert;

namespace Semblance.Transformers.Deberta;

/// <summary>
/// DeBERTa (He et al. 2021, arXiv:2006.03654), the first version: each distance has its own vector, queries, keys and values one weight. Parameter
/// names are those of transformers' <c>DebertaModel</c>.
/// </summary>
public sealed class DebertaModel : DebertaEncoder
{
    private DebertaModel(BertConfig config, Weights weights, ConfigurationFile source, RelativeEmbeddings? relative, BertLayer[] layers)
        : base("deberta", "Deberta", config, weights, source, relative, layers)
    {
    }

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static DebertaModel Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "deberta.", trainable), trainable);

    internal static DebertaModel Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check(Keys.Unsupported("talking_head", "attention without talking heads", "false").With(CommonKeys.All));
        var settings = ReadConfig(config);

        var types = PositionTypes(config);
        var relative = config.Flag("relative_attention", false) ? new RelativeEmbeddings(weights, settings.HiddenSize, 0, MaxDistance(config, settings), null) : null;
        BertLayer Layer(int index)
        {
            var name = $"encoder.layer.{index}";
            var self = name + ".attention.self.";
            var positions = relative is null ? null : new DisentangledPositions(settings, weights, types, self + "pos_proj", keyBias: false, self + "pos_q_proj");
            var projections = new FusedProjections(weights, self, settings.HiddenSize, settings.NumAttentionHeads);
            var attention = new BertAttention(settings, weights, name, BertLayerNames.Bert, projections, positions);
            return new BertLayer(settings, weights, name, BertLayerNames.Bert, attention: attention);
        }

        BertLayer[] layers = [.. Enumerable.Range(0, settings.NumHiddenLayers).Select(Layer)];
        return Loaded(new DebertaModel(settings, weights, config, relative, layers), weights, trainable);
    }
}

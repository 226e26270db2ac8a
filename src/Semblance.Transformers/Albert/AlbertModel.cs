using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Albert;

/// <summary>
/// ALBERT (Lan et al. 2020, arXiv:1909.11942): BERT whose tables are narrower than its layers, and whose layers share their parameters group
/// by group. Parameter names are those of transformers' <c>AlbertModel</c>.
/// </summary>
public sealed class AlbertModel : BertEncoder
{
    private static readonly BertLayerNames Names = new()
    {
        Query = "attention.query",
        Key = "attention.key",
        Value = "attention.value",
        AttentionOutput = "attention.dense",
        AttentionNorm = "attention.LayerNorm",
        Intermediate = "ffn",
        Output = "ffn_output",
        OutputNorm = "full_layer_layer_norm",
        FeedForwardDropout = false,
    };

    private readonly BertLayer[] _shared; // the layers of each group, one group after the other
    private readonly int _groups;

    private AlbertModel(BertConfig config, int width, int groups, BertLayer[] shared, Weights weights, ConfigurationFile source)
        : base(
            "albert",
            config,
            weights,
            source,
            new BertEmbeddings(config, weights, width, projection: "encoder.embedding_hidden_mapping_in"),
            shared,
            pooler: "pooler") => (_shared, _groups) = (shared, groups);

    /// <inheritdoc/>
    public override long MultiplicationsPerToken => base.MultiplicationsPerToken * (_shared.Length / _groups);

    internal override TaskNames TaskNames => new("Albert")
    {
        MaskedDense = "predictions.dense",
        MaskedActivation = Config.HiddenAct,
        MaskedNorm = "predictions.LayerNorm",
        MaskedBias = "predictions.bias",
        MaskedWords = "predictions.decoder.weight",
        MaskedEpsilon = Config.LayerNormEps,
        PreTraining = true,
    };

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static AlbertModel Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "albert.", trainable), trainable);

    internal static AlbertModel Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check(BertConfig.Keys
            .Honoured("embedding_size", "inner_group_num", "num_hidden_groups")
            .Ignored("classifier_dropout_prob", "down_scale_factor", "gap_size", "layers_to_keep", "net_structure_type", "num_memory_blocks") // read by nothing
            .With(CommonKeys.All));
        var settings = BertConfig.Read(config, new BertConfig { HiddenAct = Activation.GeluTanh, HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 });
        var width = config.WholeNumber("embedding_size", 1, BertConfig.LargestWidth, 128);
        var groups = config.WholeNumber("num_hidden_groups", 1, Math.Max(1, settings.NumHiddenLayers), 1);
        var inner = config.WholeNumber("inner_group_num", 1, BertConfig.MostLayers / groups, 1);
        BertLayer[] shared = [.. Enumerable.Range(0, groups * inner).Select(i => new BertLayer(
            settings, weights, $"encoder.albert_layer_groups.{i / inner}.albert_layers.{i % inner}", Names))];
        return Loaded(new AlbertModel(settings, width, groups, shared, weights, config), weights, trainable);
    }

    private protected override Tensor Layer(Computation run, int index, Tensor x, AttentionContext attention)
    {
        var inner = _shared.Length / _groups;
        var group = (int)((long)index * _groups / Config.NumHiddenLayers);
        var hidden = x;
        for (var i = 0; i < inner; i++)
        {
            var next = _shared[(group * inner) + i].Forward(run, hidden, attention);
            if (hidden != x)
            {
                hidden.Dispose();
            }

            hidden = next;
        }

        return hidden;
    }
}

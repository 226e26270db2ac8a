using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>
/// BERT (Devlin et al. 2019, arXiv:1810.04805): bidirectional encoder with learned absolute positions and layer norm
/// after each block. Parameter names are those of transformers' <c>BertModel</c>.
/// </summary>
public sealed class BertModel : Transformer
{
    private readonly BertEmbeddings _embeddings;
    private readonly BertLayer[] _layers;
    private readonly Linear? _pooler;

    private BertModel(BertConfig config, Weights weights, ConfigurationFile? source)
        : base("bert", source)
    {
        Config = config;
        _embeddings = new BertEmbeddings(config, weights);
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new BertLayer(config, weights, $"encoder.layer.{i}"))];
        _pooler = weights.Contains("pooler.dense.weight") ? weights.Linear("pooler.dense", config.HiddenSize, config.HiddenSize) : null;
    }

    /// <summary>The settings.</summary>
    public BertConfig Config { get; }

    /// <inheritdoc/>
    public override int HiddenSize => Config.HiddenSize;

    /// <inheritdoc/>
    public override int LayerCount => Config.NumHiddenLayers;

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabSize;

    /// <inheritdoc/>
    public override int MaxPositions => Config.MaxPositionEmbeddings;

    /// <inheritdoc/>
    public override long ParameterCount => Parameters().Sum(parameter => (long)parameter.Value.Length);

    /// <inheritdoc/>
    public override long MultiplicationsPerToken =>
        Config.NumHiddenLayers * ((4L * Config.HiddenSize * Config.HiddenSize) + (2L * Config.HiddenSize * Config.IntermediateSize));

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static BertModel Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false)
    {
        var weights = new CheckpointWeights(checkpoint, "bert.", trainable);
        var model = new BertModel(BertConfig.Read(config), weights, config);
        weights.Check();
        if (!trainable)
        {
            model.Prepare();
        }

        return model;
    }

    // Packs all weights now, so that the first text does not wait for it.
    private void Prepare()
    {
        foreach (var layer in _layers)
        {
            layer.Prepare();
        }
    }

    /// <summary>A model that has learned nothing, to be trained or to measure speed with.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="seed">The same seed gives the same model.</param>
    public static BertModel CreateRandom(BertConfig config, int seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new BertModel(config, new RandomWeights(seed), null);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, PackedBatch batch, IList<Tensor>? hiddenStates = null)
    {
        var hidden = _embeddings.Forward(run, batch); // [tokens × hidden]
        hiddenStates?.Add(hidden);
        var mask = new AttentionMask(batch);
        foreach (var layer in _layers)
        {
            var next = run.Recompute(hidden, x => layer.Forward(run, x, mask));
            hiddenStates?.Add(next);
            if (hiddenStates is null)
            {
                hidden.Dispose();
            }

            hidden = next;
        }

        return hidden;
    }

    /// <inheritdoc/>
    public override Tensor? Pool(Computation run, Tensor hidden, PackedBatch batch)
    {
        if (_pooler is null)
        {
            return null;
        }

        using var first = run.Pool(hidden, batch, [Pooling.Cls]); // [sequences × hidden]
        return run.Linear(first, _pooler, Activation.Tanh);
    }

    /// <inheritdoc/>
    protected override void WriteConfiguration(Utf8JsonWriter json) => Config.Write(json);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> Parameters() =>
        [.. _embeddings.Parameters(), .. _layers.SelectMany(layer => layer.Parameters()), .. _pooler?.Parameters("pooler.dense") ?? []];

    /// <summary>The word table, which the masked-language-model head shares.</summary>
    internal Tensor Words => _embeddings.Words;
}

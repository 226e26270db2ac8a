using System.Text.Json;
using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Bert;

/// <summary>What BERT and the encoders after it have in common: embeddings, layers that normalise after each block, and a pooler where there is one.</summary>
public abstract class BertEncoder : Transformer
{
    private readonly BertEmbeddings _embeddings;
    private readonly BertLayer[] _layers;
    private readonly string _poolerName;
    private readonly Linear? _pooler;

    private protected BertEncoder(
        string modelType, BertConfig config, Weights weights, ConfigurationFile? source, BertEmbeddings embeddings, BertLayer[] layers, string pooler = "pooler.dense")
        : base(modelType, source)
    {
        Config = config;
        _embeddings = embeddings;
        _layers = layers;
        _poolerName = pooler;
        _pooler = weights.Contains(pooler + ".weight") ? weights.Linear(pooler, config.HiddenSize, config.HiddenSize) : null;
    }

    /// <summary>The settings, under BERT's names.</summary>
    public BertConfig Config { get; }

    /// <inheritdoc/>
    public override int HiddenSize => Config.HiddenSize;

    /// <inheritdoc/>
    public override int LayerCount => Config.NumHiddenLayers;

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabSize;

    /// <inheritdoc/>
    public override int MaxPositions => _embeddings.MaxPositions;

    /// <inheritdoc/>
    public override long ParameterCount => Parameters().Sum(parameter => (long)parameter.Value.Length);

    /// <inheritdoc/>
    public override long MultiplicationsPerToken =>
        Config.NumHiddenLayers * ((4L * Config.HiddenSize * Config.HiddenSize) + (2L * Config.HiddenSize * Config.IntermediateSize));

    /// <summary>The word table, which the masked-language-model head shares.</summary>
    internal Tensor Words => _embeddings.Words;

    /// <summary>The width of the word table.</summary>
    internal int WordWidth => _embeddings.Width;

    /// <summary>What the original calls its heads.</summary>
    internal abstract TaskNames TaskNames { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, PackedBatch batch, IList<Tensor>? hiddenStates = null)
    {
        var hidden = _embeddings.Forward(run, batch); // [tokens × hidden]
        hiddenStates?.Add(hidden);
        var attention = Attention(run, batch);
        for (var i = 0; i < Config.NumHiddenLayers; i++)
        {
            var index = i;
            var next = run.Recompute(hidden, x => Layer(run, index, x, attention));
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
    public override IEnumerable<Parameter> Parameters() =>
        [.. _embeddings.Parameters(), .. _layers.SelectMany(layer => layer.Parameters()), .. OwnParameters(), .. _pooler?.Parameters(_poolerName) ?? []];

    /// <inheritdoc/>
    protected override void WriteConfiguration(Utf8JsonWriter json) => Config.Write(json);

    /// <summary>As many layers as the settings say, numbered behind a name.</summary>
    private protected static BertLayer[] Layers(BertConfig config, Weights weights, string name, BertLayerNames names) =>
        [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new BertLayer(config, weights, $"{name}.{i}", names))];

    /// <summary>Ends the loading of a model: weights that do not fit are reported, and those that will not change are packed.</summary>
    private protected static TModel Loaded<TModel>(TModel model, Weights weights, bool trainable)
        where TModel : BertEncoder
    {
        if (weights.Check() && !trainable)
        {
            model.Prepare();
        }

        return model;
    }

    /// <summary>Packs all weights now, so that the first text does not wait for it.</summary>
    private protected virtual void Prepare()
    {
        _embeddings.Prepare();
        foreach (var layer in _layers)
        {
            layer.Prepare();
        }
    }

    /// <summary>What the layers' attention has in common; only the mask in BERT.</summary>
    private protected virtual AttentionContext Attention(Computation run, PackedBatch batch) => new(new AttentionMask(batch));

    /// <summary>Runs one layer of the stack.</summary>
    private protected virtual Tensor Layer(Computation run, int index, Tensor x, AttentionContext attention) => _layers[index].Forward(run, x, attention);

    /// <summary>The parameters that BERT does not have.</summary>
    private protected virtual IEnumerable<Parameter> OwnParameters() => [];
}

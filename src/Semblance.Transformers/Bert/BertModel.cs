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
    private readonly Tensor _words; // [vocabulary × hidden]
    private readonly Tensor _positions; // [positions × hidden]
    private readonly Tensor _types; // [types × hidden]
    private readonly LayerNorm _embeddingNorm;
    private readonly Layer[] _layers;
    private readonly Linear? _pooler;

    private BertModel(BertConfig config, Weights weights, ConfigurationFile? source)
        : base("bert", source)
    {
        Config = config;
        var hidden = config.HiddenSize;
        _words = weights.Tensor("embeddings.word_embeddings.weight", config.VocabSize, hidden);
        _positions = weights.Tensor("embeddings.position_embeddings.weight", config.MaxPositionEmbeddings, hidden);
        _types = weights.Tensor("embeddings.token_type_embeddings.weight", config.TypeVocabSize, hidden);
        _embeddingNorm = weights.LayerNorm("embeddings.LayerNorm", hidden, config.LayerNormEps);
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new Layer(config, weights, $"encoder.layer.{i}"))];
        _pooler = weights.Contains("pooler.dense.weight") ? weights.Linear("pooler.dense", hidden, hidden) : null;
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
        using var embedded = run.Embed(batch, _words, _positions, _types); // [tokens × hidden]
        var hidden = run.Dropout(run.LayerNorm(embedded, _embeddingNorm), Config.HiddenDropoutProb);
        hiddenStates?.Add(hidden);
        foreach (var layer in _layers)
        {
            var next = run.Recompute(hidden, x => layer.Forward(run, x, batch));
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
    public override IEnumerable<KeyValuePair<string, Tensor>> Parameters()
    {
        yield return new("embeddings.word_embeddings.weight", _words);
        yield return new("embeddings.position_embeddings.weight", _positions);
        yield return new("embeddings.token_type_embeddings.weight", _types);
        foreach (var parameter in _embeddingNorm.Parameters("embeddings.LayerNorm"))
        {
            yield return parameter;
        }

        for (var i = 0; i < _layers.Length; i++)
        {
            foreach (var parameter in _layers[i].Parameters($"encoder.layer.{i}"))
            {
                yield return parameter;
            }
        }

        foreach (var parameter in _pooler?.Parameters("pooler.dense") ?? [])
        {
            yield return parameter;
        }
    }

    /// <summary>The word table, which the masked-language-model head shares.</summary>
    internal Tensor Words => _words;

    private sealed class Layer
    {
        private readonly BertConfig _config;
        private readonly Linear _query;
        private readonly Linear _key;
        private readonly Linear _value;
        private readonly Linear _attentionOutput;
        private readonly LayerNorm _attentionNorm;
        private readonly Linear _intermediate;
        private readonly Linear _output;
        private readonly LayerNorm _outputNorm;

        public Layer(BertConfig config, Weights weights, string name)
        {
            int hidden = config.HiddenSize, inner = config.IntermediateSize;
            _config = config;
            _query = weights.Linear(name + ".attention.self.query", hidden, hidden);
            _key = weights.Linear(name + ".attention.self.key", hidden, hidden);
            _value = weights.Linear(name + ".attention.self.value", hidden, hidden);
            _attentionOutput = weights.Linear(name + ".attention.output.dense", hidden, hidden);
            _attentionNorm = weights.LayerNorm(name + ".attention.output.LayerNorm", hidden, config.LayerNormEps);
            _intermediate = weights.Linear(name + ".intermediate.dense", inner, hidden);
            _output = weights.Linear(name + ".output.dense", hidden, inner);
            _outputNorm = weights.LayerNorm(name + ".output.LayerNorm", hidden, config.LayerNormEps);
        }

        public void Prepare()
        {
            foreach (var linear in (ReadOnlySpan<Linear>)[_query, _key, _value, _attentionOutput, _intermediate, _output])
            {
                linear.Prepare();
            }
        }

        public Tensor Forward(Computation run, Tensor x, PackedBatch batch) // x: [tokens × hidden]
        {
            using var attended = Attend(run, x, batch); // [tokens × hidden]
            using var inner = run.Linear(attended, _intermediate, _config.HiddenAct); // [tokens × intermediate]
            using var outer = run.Dropout(run.Linear(inner, _output), _config.HiddenDropoutProb); // [tokens × hidden]
            return run.AddLayerNorm(outer, attended, _outputNorm);
        }

        private Tensor Attend(Computation run, Tensor x, PackedBatch batch)
        {
            using var query = run.Linear(x, _query); // [tokens × hidden], heads side by side
            using var key = run.Linear(x, _key);
            using var value = run.Linear(x, _value);
            using var context = run.Attention(query, key, value, batch, _config.NumAttentionHeads, _config.AttentionProbsDropoutProb);
            using var mixed = run.Dropout(run.Linear(context, _attentionOutput), _config.HiddenDropoutProb);
            return run.AddLayerNorm(mixed, x, _attentionNorm);
        }

        public IEnumerable<KeyValuePair<string, Tensor>> Parameters(string name) =>
        [
            .. _query.Parameters(name + ".attention.self.query"),
            .. _key.Parameters(name + ".attention.self.key"),
            .. _value.Parameters(name + ".attention.self.value"),
            .. _attentionOutput.Parameters(name + ".attention.output.dense"),
            .. _attentionNorm.Parameters(name + ".attention.output.LayerNorm"),
            .. _intermediate.Parameters(name + ".intermediate.dense"),
            .. _output.Parameters(name + ".output.dense"),
            .. _outputNorm.Parameters(name + ".output.LayerNorm"),
        ];
    }
}

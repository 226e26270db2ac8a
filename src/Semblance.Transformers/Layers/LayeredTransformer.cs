using System.Text.Json;
using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Layers;

/// <summary>A transformer of embeddings, layers in a row and what follows them, read from a <c>config.json</c>.</summary>
public abstract class LayeredTransformer : Transformer
{
    private readonly ConfigurationFile _source;
    private string _prefix = "";

    private protected LayeredTransformer(ConfigurationFile source, Weights weights)
        : base(source.Text("model_type") ?? "", source)
    {
        _source = source;
        Own = new ModelParameters(weights);
    }

    /// <inheritdoc/>
    public sealed override int LayerCount => Layers.Count;

    /// <inheritdoc/>
    public sealed override long ParameterCount => Own.All.Sum(parameter => (long)parameter.Value.Length);

    /// <inheritdoc/>
    public sealed override long MultiplicationsPerToken => Own.Linears.Sum(linear => (long)linear.Weight.Length);

    /// <summary>The parameters, taken while the model is put together.</summary>
    internal ModelParameters Own { get; }

    internal sealed override string WeightPrefix => _prefix;

    private protected abstract IReadOnlyList<TransformerLayer> Layers { get; }

    /// <summary>The word table, which heads that predict words may share.</summary>
    internal abstract Tensor Words { get; }

    /// <summary>Whether a token sees nothing that comes after it, so that the next word can be predicted with what is remembered.</summary>
    internal virtual bool IsCausal => false;

    /// <summary>Whether the original's last hidden state in the list of all is the one after the norm that follows the layers.</summary>
    private protected virtual bool ListsFinalNorm => true;

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, PackedBatch batch, IList<Tensor>? hiddenStates = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(batch);
        var hidden = Embed(run, batch); // [tokens × hidden]
        hiddenStates?.Add(hidden);
        foreach (var layer in Layers)
        {
            var next = run.Recompute(hidden, x => layer.Forward(run, x, batch));
            hiddenStates?.Add(next);
            if (hiddenStates is null)
            {
                hidden.Dispose();
            }

            hidden = next;
        }

        var last = Finish(run, hidden);
        if (hiddenStates is null && last != hidden)
        {
            hidden.Dispose();
        }

        if (hiddenStates is not null && ListsFinalNorm && Layers.Count > 0)
        {
            hiddenStates[^1] = last;
        }

        return last;
    }

    /// <inheritdoc/>
    public override Tensor? Pool(Computation run, Tensor hidden, PackedBatch batch) => null;

    /// <inheritdoc/>
    public sealed override IEnumerable<Parameter> Parameters() => Own.All;

    /// <summary>How an architecture is put together.</summary>
    /// <param name="prefix">What may stand before the names of the body in a file.</param>
    /// <param name="create">Takes the configuration's parameters from the weights.</param>
    internal static Architecture Architecture(string prefix, Func<ConfigurationFile, Weights, LayeredTransformer> create) => new(prefix, (config, weights, trainable) =>
    {
        var model = create(config, weights);
        model._prefix = prefix;
        if (weights.Check() && !trainable)
        {
            model.Own.Prepare();
        }

        return model;
    });

    /// <summary>The original's classes for this body, such as <c>GPT2LMHeadModel</c>, with how their heads are made; null for the body alone.</summary>
    internal abstract IReadOnlyDictionary<string, Func<ConfigurationFile, Weights, TaskHead>?> Heads { get; }

    // The last layer of a model that predicts words: the word table, or a weight of its own.
    private protected Linear WordPredictor(ConfigurationFile config, Weights weights, string name, bool tied, Tensor? bias = null)
    {
        var words = config.Flag("tie_word_embeddings", tied) ? Words : weights.Tensor(name, VocabularySize, HiddenSize);
        return new Linear(words, weights.Check() ? bias : null);
    }

    // Token ids to the first hidden states, [tokens × hidden].
    private protected abstract Tensor Embed(Computation run, PackedBatch batch);

    // What follows the last layer; the hidden states themselves where nothing does.
    private protected virtual Tensor Finish(Computation run, Tensor hidden) => hidden;

    /// <inheritdoc/>
    protected sealed override void WriteConfiguration(Utf8JsonWriter json) => _source.Root.WriteTo(json);
}

using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>The attention block of a layer with its residual: of the hidden states to themselves, or to those of another model.</summary>
internal sealed class BertAttention
{
    private readonly BertConfig _config;
    private readonly string _name;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly LayerNorm _norm;

    public BertAttention(BertConfig config, Weights weights, string name)
    {
        var hidden = config.HiddenSize;
        _config = config;
        _name = name;
        _query = weights.Linear(name + ".self.query", hidden, hidden);
        _key = weights.Linear(name + ".self.key", hidden, hidden);
        _value = weights.Linear(name + ".self.value", hidden, hidden);
        _output = weights.Linear(name + ".output.dense", hidden, hidden);
        _norm = weights.LayerNorm(name + ".output.LayerNorm", hidden, config.LayerNormEps);
    }

    public void Prepare()
    {
        foreach (var linear in (ReadOnlySpan<Linear>)[_query, _key, _value, _output])
        {
            linear.Prepare();
        }
    }

    // x: [query tokens × hidden], states: [key tokens × hidden].
    public Tensor Forward(Computation run, Tensor x, Tensor states, AttentionMask mask)
    {
        using var query = run.Linear(x, _query); // [query tokens × hidden], heads side by side
        using var key = run.Linear(states, _key);
        using var value = run.Linear(states, _value);
        using var context = run.Attention(query, key, value, mask, _config.NumAttentionHeads, _config.AttentionProbsDropoutProb);
        using var mixed = run.Dropout(run.Linear(context, _output), _config.HiddenDropoutProb);
        return run.AddLayerNorm(mixed, x, _norm);
    }

    public IEnumerable<KeyValuePair<string, Tensor>> Parameters() =>
    [
        .. _query.Parameters(_name + ".self.query"),
        .. _key.Parameters(_name + ".self.key"),
        .. _value.Parameters(_name + ".self.value"),
        .. _output.Parameters(_name + ".output.dense"),
        .. _norm.Parameters(_name + ".output.LayerNorm"),
    ];
}

using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>The attention block of a layer with its residual: of the hidden states to themselves, or to those of another model.</summary>
internal sealed class BertAttention
{
    private readonly BertConfig _config;
    private readonly string _name;
    private readonly BertLayerNames _names;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly LayerNorm _norm;

    public BertAttention(BertConfig config, Weights weights, string name, BertLayerNames names)
    {
        var hidden = config.HiddenSize;
        _config = config;
        _name = name + ".";
        _names = names;
        _query = weights.Linear(_name + names.Query, hidden, hidden);
        _key = weights.Linear(_name + names.Key, hidden, hidden);
        _value = weights.Linear(_name + names.Value, hidden, hidden);
        _output = weights.Linear(_name + names.AttentionOutput, hidden, hidden);
        _norm = weights.LayerNorm(_name + names.AttentionNorm, hidden, config.LayerNormEps);
    }

    public void Prepare()
    {
        foreach (var linear in (ReadOnlySpan<Linear>)[_query, _key, _value, _output])
        {
            linear.Prepare();
        }
    }

    // x: [query tokens × hidden], states: [key tokens × hidden].
    public Tensor Forward(Computation run, Tensor x, Tensor states, AttentionContext attention)
    {
        using var context = Attend(run, x, states, attention);
        using var mixed = run.Dropout(run.Linear(context, _output), _names.AttentionDropout ? _config.HiddenDropoutProb : 0);
        return run.AddLayerNorm(mixed, x, _norm);
    }

    private Tensor Attend(Computation run, Tensor x, Tensor states, AttentionContext attention)
    {
        using var query = run.Linear(x, _query); // [query tokens × hidden], heads side by side
        using var key = run.Linear(states, _key);
        using var value = run.Linear(states, _value);
        return run.Attention(query, key, value, attention.Mask, _config.NumAttentionHeads, _config.AttentionProbsDropoutProb);
    }

    public IEnumerable<KeyValuePair<string, Tensor>> Parameters() =>
    [
        .. _query.Parameters(_name + _names.Query),
        .. _key.Parameters(_name + _names.Key),
        .. _value.Parameters(_name + _names.Value),
        .. _output.Parameters(_name + _names.AttentionOutput),
        .. _norm.Parameters(_name + _names.AttentionNorm),
    ];
}

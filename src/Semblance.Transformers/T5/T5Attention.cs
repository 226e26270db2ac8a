using Semblance.Tensors;

namespace Semblance.Transformers.T5;

/// <summary>The attention block of a layer with its residual: of the hidden states to themselves, or to the encoder's.</summary>
internal sealed class T5Attention
{
    private readonly T5Config _config;
    private readonly string _name;
    private readonly string _normName;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly RmsNorm _norm;

    public T5Attention(T5Config config, Weights weights, string layer, string attention)
    {
        int hidden = config.DModel, inner = config.NumHeads * config.DKv;
        _config = config;
        _name = $"{layer}.{attention}";
        _normName = layer + ".layer_norm";
        _query = weights.Linear(_name + ".q", inner, hidden, bias: false);
        _key = weights.Linear(_name + ".k", inner, hidden, bias: false);
        _value = weights.Linear(_name + ".v", inner, hidden, bias: false);
        _output = weights.Linear(_name + ".o", hidden, inner, bias: false);
        _norm = weights.RmsNorm(_normName, hidden, config.LayerNormEpsilon);
    }

    public void Prepare()
    {
        foreach (var linear in (ReadOnlySpan<Linear>)[_query, _key, _value, _output])
        {
            linear.Prepare();
        }
    }

    // x: [tokens × hidden]; states: [encoder tokens × hidden], null for x itself.
    public Tensor Forward(Computation run, Tensor x, Tensor? states, AttentionMask mask, AttentionBias? bias)
    {
        using var normed = run.RmsNorm(x, _norm);
        using var query = run.Linear(normed, _query); // [tokens × heads · head size]
        using var key = run.Linear(states ?? normed, _key);
        using var value = run.Linear(states ?? normed, _value);
        using var context = run.Attention(query, key, value, mask, _config.NumHeads, _config.DropoutRate, bias, scale: 1);
        using var mixed = run.Dropout(run.Linear(context, _output), _config.DropoutRate);
        return run.Add(x, mixed);
    }

    public IEnumerable<KeyValuePair<string, Tensor>> Parameters() =>
    [
        .. _query.Parameters(_name + ".q"),
        .. _key.Parameters(_name + ".k"),
        .. _value.Parameters(_name + ".v"),
        .. _output.Parameters(_name + ".o"),
        .. _norm.Parameters(_normName),
    ];
}

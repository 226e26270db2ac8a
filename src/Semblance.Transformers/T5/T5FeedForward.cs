using Semblance.Tensors;

namespace Semblance.Transformers.T5;

/// <summary>The feed-forward block of a layer with its residual, plain or gated.</summary>
internal sealed class T5FeedForward
{
    private readonly T5Config _config;
    private readonly string _name;
    private readonly string _normName;
    private readonly Linear _inner;
    private readonly Linear? _gate;
    private readonly Linear _output;
    private readonly RmsNorm _norm;

    public T5FeedForward(T5Config config, Weights weights, string layer)
    {
        int hidden = config.DModel, inner = config.DFf;
        _config = config;
        _name = layer + ".DenseReluDense.";
        _normName = layer + ".layer_norm";
        _inner = weights.Linear(_name + InnerName, inner, hidden, bias: false);
        _gate = config.IsGatedAct ? weights.Linear(_name + "wi_1", inner, hidden, bias: false) : null;
        _output = weights.Linear(_name + "wo", hidden, inner, bias: false);
        _norm = weights.RmsNorm(_normName, hidden, config.LayerNormEpsilon);
    }

    private string InnerName => _config.IsGatedAct ? "wi_0" : "wi";

    public void Prepare()
    {
        _inner.Prepare();
        _gate?.Prepare();
        _output.Prepare();
    }

    // x: [tokens × hidden].
    public Tensor Forward(Computation run, Tensor x)
    {
        using var normed = run.RmsNorm(x, _norm);
        using var inner = Inner(run, normed); // [tokens × feed-forward]
        using var dropped = run.Dropout(inner, _config.DropoutRate);
        using var outer = run.Dropout(run.Linear(dropped, _output), _config.DropoutRate);
        return run.Add(x, outer);
    }

    public IEnumerable<Parameter> Parameters() =>
    [
        .. _inner.Parameters(_name + InnerName),
        .. _gate?.Parameters(_name + "wi_1") ?? [],
        .. _output.Parameters(_name + "wo"),
        .. _norm.Parameters(_normName),
    ];

    private Tensor Inner(Computation run, Tensor normed)
    {
        var inner = run.Linear(normed, _inner, _config.DenseAct);
        if (_gate is null)
        {
            return inner;
        }

        using (inner)
        {
            using var gate = run.Linear(normed, _gate);
            return run.Multiply(inner, gate);
        }
    }
}

using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.T5;

/// <summary>Represents the feed-forward block of a layer with its residual, plain or gated.</summary>
internal sealed class T5FeedForward
{
    private readonly T5Config _config;
    private readonly Linear _inner;
    private readonly Linear? _gate;
    private readonly Linear _output;
    private readonly RmsNorm _norm;

    public T5FeedForward(T5Config config, ModelParameters own, string layer)
    {
        int hidden = config.DModel, inner = config.DFf;
        var name = layer + ".DenseReluDense.";
        _config = config;
        _inner = own.Linear(name + (config.IsGatedAct ? "wi_0" : "wi"), inner, hidden, bias: false);
        _gate = config.IsGatedAct ? own.Linear(name + "wi_1", inner, hidden, bias: false) : null;
        _output = own.Linear(name + "wo", hidden, inner, bias: false);
        _norm = own.RmsNorm(layer + ".layer_norm", hidden, config.LayerNormEpsilon);
    }

    // x: [tokens × hidden].
    public Tensor Forward(Computation run, Tensor x)
    {
        using var normed = run.RmsNorm(x, _norm);
        using var inner = Inner(run, normed); // [tokens × feed-forward]
        using var dropped = run.Dropout(inner, _config.DropoutRate);
        using var outer = run.DropoutInPlace(run.Linear(dropped, _output), _config.DropoutRate);
        return run.Add(x, outer);
    }

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

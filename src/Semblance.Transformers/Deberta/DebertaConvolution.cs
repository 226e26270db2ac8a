using Semblance.Tensors;
using Semblance.Transformers.Bert;

namespace Semblance.Transformers.Deberta;

/// <summary>The convolution over the embeddings that some DeBERTa-v2 models add to their first layer.</summary>
internal sealed class DebertaConvolution
{
    private const string Name = "encoder.conv.";

    private readonly BertConfig _config;
    private readonly Activation _activation;
    private readonly int _width;
    private readonly Tensor _weight; // [hidden × hidden × width]
    private readonly Tensor _bias; // [hidden]
    private readonly GatheredLinear _linear;
    private readonly LayerNorm _norm;

    public DebertaConvolution(BertConfig config, ConfigurationFile file, Weights weights)
    {
        _config = config;
        _width = file.WholeNumber("conv_kernel_size", 1, BertConfig.LargestWidth);
        if (_width % 2 == 0)
        {
            throw file.Fault("conv_kernel_size", $"is {_width}; expected an odd number");
        }

        _ = file.WholeNumber("conv_groups", 1, 1, 1); // other numbers are not supported
        _activation = file.ReadActivation("conv_act", Activation.Tanh);
        var hidden = config.HiddenSize;
        _weight = weights.Tensor(Name + "conv.weight", hidden, hidden, _width);
        _bias = weights.Tensor(Name + "conv.bias", hidden);
        _linear = new GatheredLinear(_weight, [.. Enumerable.Range(0, _weight.Length)], hidden, _bias);
        _norm = weights.LayerNorm(Name + "LayerNorm", hidden, config.LayerNormEps);
    }

    public void Prepare() => _linear.Prepare();

    // x: [tokens × hidden], what the layer saw; output: [tokens × hidden], what it made of it.
    public Tensor Forward(Computation run, Tensor x, Tensor output, PackedBatch batch)
    {
        using var windows = run.Neighbours(x, batch, _width); // [tokens × hidden · width]
        using var mixed = run.Dropout(_linear.Forward(run, windows), _config.HiddenDropoutProb);
        using var active = run.Activate(mixed, _activation);
        return run.AddLayerNorm(active, output, _norm);
    }

    public IEnumerable<Parameter> Parameters() =>
        [new(Name + "conv.weight", _weight), new(Name + "conv.bias", _bias), .. _norm.Parameters(Name + "LayerNorm")];
}

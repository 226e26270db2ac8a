using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents the convolution over the embeddings that some DeBERTa-v2 models add to their first layer.</summary>
internal sealed class DebertaConvolution
{
    private const string Name = "encoder.conv.";

    private readonly BertConfig _config;
    private readonly Activation _activation;
    private readonly int _width;
    private readonly Linear _linear;
    private readonly LayerNorm _norm;

    public DebertaConvolution(BertConfig config, ConfigurationFile file, ModelParameters own)
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
        _linear = own.Convolution(Name + "conv", hidden, bias: true, hidden, _width);
        _norm = own.LayerNorm(Name + "LayerNorm", hidden, config.LayerNormEps);
    }

    // x: [tokens × hidden], the input of the layer; output: [tokens × hidden], its output.
    public Tensor Forward(Computation run, Tensor x, Tensor output, PackedBatch batch)
    {
        using var windows = run.Neighbors(x, batch, _width); // [tokens × hidden · width]
        using var mixed = run.DropoutInPlace(run.Linear(windows, _linear), _config.HiddenDropoutProb);
        using var active = run.Activate(mixed, _activation);
        return run.AddLayerNorm(active, output, _norm);
    }
}

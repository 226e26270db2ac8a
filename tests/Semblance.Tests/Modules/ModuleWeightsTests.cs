using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests.Modules;

/// <summary>A module's weights that fit its configuration in part: one message has every name.</summary>
public class ModuleWeightsTests
{
    [Theory]
    [InlineData("st/cls-dense/2_Dense", "linear.weight", "linear.bias", "config.json")]
    [InlineData("st/multi-pool-layernorm/2_LayerNorm", "norm.weight", "norm.bias", "config.json")]
    [InlineData("modules/cnn", "convs.1.weight", "convs.0.bias", "cnn_config.json")]
    [InlineData("modules/lstm", "encoder.weight_hh_l0", "encoder.bias_ih_l0", "lstm_config.json")]
    [InlineData("modules/lstm-bidirectional-2", "encoder.weight_ih_l1_reverse", "encoder.bias_hh_l0", "lstm_config.json")]
    public void Every_missing_every_unexpected_and_every_misshapen_parameter_is_named_with_the_file(string fixture, string first, string second, string configuration)
    {
        var source = Checkpoint.Open(Fixtures.Own(fixture));
        var stray = Tensor.Zeros(1);
        var missing = Fault(name => name == first || name == second ? null : source.Read(name));
        missing.ShouldContain($"do not fit {configuration}: ");
        missing.ShouldContain($"'{first}' is missing");
        missing.ShouldContain($"'{second}' is missing");
        missing.ShouldContain(". Unused: 'stray'. ");

        var shape = string.Join(", ", source.Info(second).Shape);
        Fault(name => name == second ? Tensor.Zeros(2, 7, 3) : source.Read(name)).ShouldContain($": '{second}' is [2, 7, 3], but the configuration wants [{shape}]. Unused: 'stray'. ");

        string Fault(Func<string, Tensor?> parameter)
        {
            using var folder = new TemporaryFolder().With(Fixtures.Own(fixture));
            var writer = new SafetensorsWriter();
            foreach (var name in source.Tensors.Select(tensor => tensor.Name))
            {
                if (parameter(name) is { } tensor)
                {
                    writer.Add(name, tensor);
                }
            }

            writer.Add("stray", stray);
            writer.Save(folder.Of("model.safetensors"));
            var message = Should.Throw<ModelFormatException>(() => Load(Path.GetFileName(fixture), folder.Path)).Message;
            message.ShouldStartWith(folder.Of("model.safetensors"));
            return message;
        }
    }

    [Theory]
    [InlineData("st/cls-dense/2_Dense", float.NaN)]
    [InlineData("st/multi-pool-layernorm/2_LayerNorm", float.PositiveInfinity)]
    [InlineData("modules/cnn", float.NegativeInfinity)]
    [InlineData("modules/lstm", float.NaN)]
    public void Every_parameter_that_is_not_finite_is_named_with_the_file(string fixture, float value)
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own(fixture));
        var source = Checkpoint.Open(Fixtures.Own(fixture));
        var writer = new SafetensorsWriter();
        foreach (var info in source.Tensors)
        {
            var tensor = Tensor.From(source.Read(info.Name).Values, [.. info.Shape]);
            tensor.Writable[^1] = value;
            writer.Add(info.Name, tensor);
        }

        writer.Save(folder.Of("model.safetensors"));
        var message = Should.Throw<ModelFormatException>(() => Load(Path.GetFileName(fixture), folder.Path)).Message;
        message.ShouldStartWith(folder.Of("model.safetensors"));
        source.Tensors.ShouldAllBe(info => message.Contains($"'{info.Name}' has a value that is not finite"));
    }

    [Fact]
    public void Weights_of_layers_that_cancel_each_other_are_refused()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("modules/weighted-layers"));
        var writer = new SafetensorsWriter();
        var count = SafetensorsFile.Open(Fixtures.Own("modules/weighted-layers/model.safetensors")).Info("layer_weights").Shape[0];
        writer.Add("layer_weights", Tensor.Zeros(count));
        writer.Save(folder.Of("model.safetensors"));
        Should.Throw<ModelFormatException>(() => WeightedLayerPoolingModule.Load(folder.Path)).Message.ShouldContain("the sum 0");
    }

    private static Module Load(string fixture, string folder) => fixture switch
    {
        "2_Dense" => DenseModule.Load(folder),
        "2_LayerNorm" => LayerNormModule.Load(folder),
        "cnn" => CNNModule.Load(folder),
        _ => LSTMModule.Load(folder),
    };
}

using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

/// <summary>Tests each architecture's gradients of every parameter against finite differences of its forward pass.</summary>
public class EncoderGradientTests
{
    [Theory]
    [InlineData("roberta")]
    [InlineData("distilbert")]
    [InlineData("electra")]
    [InlineData("albert-groups")]
    [InlineData("mpnet")]
    [InlineData("t5-encoder")]
    [InlineData("t5-v1_1-encoder")]
    [InlineData("deberta")]
    [InlineData("deberta-v2")]
    [InlineData("deberta-v2-conv")]
    public void The_gradient_of_every_parameter_equals_differences(string folder)
    {
        using var copy = Smooth(folder);
        var model = Transformer.Load(copy.Path, trainable: true);
        var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(copy.Path, "expected.safetensors"))).Packed;
        Check(model.Parameters(), run => model.Forward(run, batch));
    }

    [Theory]
    [InlineData("t5")]
    [InlineData("t5-v1_1")]
    public void The_gradient_of_every_parameter_of_a_decoder_equals_differences(string folder)
    {
        using var copy = Smooth(folder);
        var model = TaskModel.Load(copy.Path, trainable: true);
        var (encoder, decoder) = (model.Body, model.Decoder!);
        var file = SafetensorsFile.Open(Path.Combine(copy.Path, "expected.safetensors"));
        var (batch, words) = (new PaddedBatch(file).Packed, new PaddedBatch(file, "decoder_").Packed);
        Check(
            encoder.Parameters().Concat(decoder.Parameters()),
            run => decoder.Logits(run, decoder.Forward(run, words, encoder.Forward(run, batch), batch)));
    }

    // Finite differences are invalid across the kink of a ReLU, so the model gets another activation.
    private static ModelFolder Smooth(string fixture)
    {
        var folder = new ModelFolder(Fixtures.Own("models/" + fixture));
        if (fixture is "t5" or "t5-encoder")
        {
            folder.Edit("config.json", "\"feed_forward_proj\": \"relu\"", "\"feed_forward_proj\": \"gelu\"");
        }

        return folder;
    }

    internal static void Check(IEnumerable<Parameter> all, Func<Computation, Tensor> forward)
    {
        var parameters = all.Where(parameter => !parameter.Name.StartsWith("pooler", StringComparison.Ordinal)).ToArray();
        foreach (var (_, parameter) in parameters)
        {
            parameter.RequiresGradient = true;
        }

        Tensor? slopes = null;
        Tensor Backward(bool recompute)
        {
            foreach (var (_, parameter) in parameters)
            {
                parameter.Gradient = null;
            }

            using var run = new Computation(recording: true, recompute: recompute);
            var output = forward(run);
            slopes ??= Noise(output.Shape, 1);
            run.Backward(output, slopes);
            return output;
        }

        Backward(recompute: true);
        var recomputed = parameters.Select(parameter => parameter.Value.Gradient!.Values.ToArray()).ToArray();
        Backward(recompute: false);
        parameters.Select(parameter => parameter.Value.Gradient!.Values.ToArray()).ToArray().ShouldBe(recomputed);

        double Loss()
        {
            using var run = new Computation();
            var output = forward(run);
            double sum = 0;
            for (var i = 0; i < output.Length; i++)
            {
                sum += (double)output.Values[i] * slopes!.Values[i];
            }

            return sum;
        }

        foreach (var ((name, parameter), gradient) in parameters.Zip(recomputed))
        {
            const float Step = 1e-3f;
            var before = parameter.Values.ToArray();
            var direction = Noise(parameter.Shape, 2).Values.ToArray();
            double Moved(float step)
            {
                for (var i = 0; i < before.Length; i++)
                {
                    parameter.Writable[i] = before[i] + (step * direction[i]);
                }

                return Loss();
            }

            var difference = (Moved(Step) - Moved(-Step)) / (2 * Step);
            before.CopyTo(parameter.Writable);
            var expected = gradient.Zip(direction, (g, d) => (double)g * d).Sum();
            var size = Math.Sqrt(gradient.Sum(g => (double)g * g));
            Math.Abs(difference - expected).ShouldBeLessThanOrEqualTo((0.01 * size) + 0.05, $"{name}: {difference} for {expected}, of a gradient of length {size}");
        }
    }

    // Each element −1 or 1.
    private static Tensor Noise(ReadOnlySpan<int> shape, int seed)
    {
        var random = new Random(seed);
        var tensor = Tensor.Zeros(shape);
        foreach (ref var value in tensor.Writable)
        {
            value = random.Next(2) == 0 ? -1 : 1;
        }

        return tensor;
    }
}

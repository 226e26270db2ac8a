using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Transformers.Tests;

public class GradientTests
{
    [Theory]
    [InlineData("SoftmaxLoss")]
    [InlineData("MultipleNegativesRankingLoss")]
    [InlineData("TripletLoss")]
    [InlineData("CosineSimilarityLoss")]
    [InlineData("ContrastiveLoss-euclidean")]
    public void From_the_vectors_back_to_every_parameter_equals_the_original(string loss)
    {
        var model = Transformer.Load(Fixtures.Own("losses/model"));
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.RequiresGradient = true;
        }

        var file = SafetensorsFile.Open(Fixtures.Own($"losses/{loss}/expected.safetensors"));
        for (var column = 0; file.Contains($"{column}.input_ids"); column++)
        {
            using var run = new Computation(recording: true);
            var batch = new PaddedBatch(file, $"{column}.").Packed;
            var pooled = run.Pool(model.Forward(run, batch), batch, [Pooling.Mean]);
            var expected = file.Read($"{column}.sentence_embedding");
            for (var i = 0; i < expected.Length; i++)
            {
                pooled.Values[i].ShouldBe(expected.Values[i], 2e-5f);
            }

            run.Backward(pooled, file.Read($"{column}.sentence_embedding.grad"));
        }

        var parameters = model.Parameters().ToDictionary();
        double squares = 0;
        foreach (var (name, parameter) in parameters)
        {
            squares += parameter.Gradient?.Values.ToArray().Sum(g => (double)g * g) ?? 0;
            if (file.Contains("grad." + name))
            {
                var expected = file.Read("grad." + name);
                var tolerance = 2e-5 * file.Tensors.Where(tensor => tensor.Name.StartsWith("grad.", StringComparison.Ordinal)).Max(tensor => file.Read(tensor.Name).Values.ToArray().Max(Math.Abs));
                for (var i = 0; i < expected.Length; i++)
                {
                    Math.Abs(parameter.Gradient!.Values[i] - expected.Values[i]).ShouldBeLessThanOrEqualTo((float)tolerance, $"{name}[{i}]");
                }
            }
        }

        var norm = file.Read("grad_norm_all").Values[0];
        Math.Sqrt(squares).ShouldBe(norm, norm * 1e-4);
    }
}

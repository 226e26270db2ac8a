using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Bert;

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

        var parameters = model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
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

    [Fact]
    public void Layers_that_are_computed_again_give_the_same_bits_in_less_memory()
    {
        var config = new BertConfig
        {
            VocabSize = 50,
            HiddenSize = 32,
            NumHiddenLayers = 8,
            NumAttentionHeads = 4,
            IntermediateSize = 128,
            MaxPositionEmbeddings = 40,
        };
        var batch = PackedBatch.From([[.. Enumerable.Range(0, 30)], [.. Enumerable.Range(10, 17)], [3]]);
        (float[][] Gradients, long Peak) Train(bool recompute)
        {
            var model = BertModel.CreateRandom(config, seed: 1);
            var parameters = model.Parameters().Select(parameter => parameter.Value).ToArray();
            foreach (var parameter in parameters)
            {
                parameter.RequiresGradient = true;
            }

            using var run = new Computation(recording: true, dropoutSeed: 3, recompute: recompute);
            run.Backward(run.Pool(model.Forward(run, batch), batch, [Pooling.Mean, Pooling.Max]));
            return ([.. parameters.Select(parameter => parameter.Gradient?.Values.ToArray() ?? [])], run.PeakBytes);
        }

        var (plain, recomputed) = (Train(false), Train(true));
        recomputed.Gradients.ShouldBe(plain.Gradients);
        plain.Gradients.Count(gradient => gradient.Length > 0).ShouldBeGreaterThan(16 * config.NumHiddenLayers);
        (recomputed.Peak * 3).ShouldBeLessThan(plain.Peak, $"{recomputed.Peak} of {plain.Peak} bytes");
    }
}

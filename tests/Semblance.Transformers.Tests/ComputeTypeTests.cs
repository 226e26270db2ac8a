using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

/// <summary>Tests each architecture in bfloat16 and int8 against itself in float32.</summary>
public class ComputeTypeTests
{
    public static TheoryData<string> Folders =>
    [
        .. FixtureFolders.Of("models").Where(folder => File.Exists(Fixtures.Own($"models/{folder}/config.json")))
            .Where(folder => !folder.StartsWith("clip", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Hidden_states_are_near_those_of_float32_and_have_the_same_bits_in_every_batch(string folder)
    {
        var model = Transformer.Load(Fixtures.Own("models/" + folder));
        var words = Math.Min(90, model.VocabularySize - 4);
        int[][] sequences =
            [.. new[] { 3, 29, 1, 17 }.Select((length, s) => Enumerable.Range(0, length).Select(i => 4 + (((i * 7) + s) % words)).ToArray())];
        var batch = PackedBatch.From(sequences);
        foreach (var (type, least) in new[] { (ComputeType.BFloat16, 0.9995), (ComputeType.Int8, 0.985) })
        {
            model.Prepare(type);
            foreach (var set in InstructionSets.Available)
            {
                using var exact = new Computation(instructions: set);
                using var run = new Computation(instructions: set, compute: type);
                var (expected, together) = (model.Forward(exact, batch), model.Forward(run, batch));
                together.Values.SequenceEqual(expected.Values).ShouldBeFalse("nothing was reduced");
                Enumerable.Range(0, together.Rows).Average(row => Cosine(together.Row(row), expected.Row(row)))
                    .ShouldBeGreaterThan(least, $"{type}, {set}");
                for (var i = 0; i < sequences.Length; i++)
                {
                    using var alone = new Computation(maxThreads: 1, instructions: set, compute: type);
                    var part = together.Values.Slice(batch.Offsets[i] * model.HiddenSize, sequences[i].Length * model.HiddenSize);
                    model.Forward(alone, PackedBatch.From([sequences[i]])).Values.SequenceEqual(part)
                        .ShouldBeTrue($"{type}, {set}, sequence {i}");
                }
            }
        }
    }

    [Fact]
    public void Poolers_and_heads_stay_in_float32()
    {
        var model = TaskModel.Load(Fixtures.Own("models/bert-seqcls"));
        var layers = model.Body.Layers.Where(layer => layer.Value is Linear).ToDictionary(layer => layer.Key, layer => (Linear)layer.Value);
        layers["encoder.layer.0.attention.self.query"].FollowsComputeType.ShouldBeTrue();
        layers["encoder.layer.1.output.dense"].FollowsComputeType.ShouldBeTrue();
        layers["pooler.dense"].FollowsComputeType.ShouldBeFalse();
        layers.Values.Count(layer => !layer.FollowsComputeType).ShouldBe(1);
    }

    [Fact]
    public void A_weight_that_cannot_be_quantized_is_named()
    {
        var sizes = new ModelSizes { VocabSize = 50, HiddenSize = 32, NumHiddenLayers = 1, NumAttentionHeads = 2 };
        var model = Transformer.CreateRandom("bert", sizes, seed: 1);
        var layer = (Linear)model.FindLayer("encoder.layer.0.intermediate.dense")!;
        layer.Weight.Writable[40] = float.NaN;
        var message = Should.Throw<ModelFormatException>(() => model.Prepare(ComputeType.Int8)).Message;
        message.ShouldContain("encoder.layer.0.intermediate.dense");
        message.ShouldContain("Row 1");
        model.Prepare(ComputeType.BFloat16);
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0, lengths = 0, others = 0;
        for (var i = 0; i < a.Length; i++)
        {
            (product, lengths, others) = (product + ((double)a[i] * b[i]), lengths + ((double)a[i] * a[i]), others + ((double)b[i] * b[i]));
        }

        return product / Math.Sqrt(lengths * others);
    }
}

using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Transformers.T5;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

/// <summary>Each architecture beside the outputs that the original recorded.</summary>
public class EncoderTests
{
    private static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids", "decoder_input_ids", "decoder_attention_mask"];

    [SharedTheory]
    [InlineData("roberta")]
    [InlineData("roberta-mlm")]
    [InlineData("roberta-seqcls")]
    public void Roberta_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("xlm-roberta")]
    [InlineData("xlm-roberta-seqcls")]
    public void XlmRoberta_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("camembert")]
    public void Camembert_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("distilbert")]
    [InlineData("distilbert-mlm")]
    [InlineData("distilbert-seqcls")]
    public void DistilBert_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("electra")]
    [InlineData("electra-seqcls")]
    public void Electra_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("albert")]
    [InlineData("albert-groups")]
    public void Albert_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("mpnet")]
    public void MPNet_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("t5")]
    [InlineData("t5-encoder")]
    [InlineData("t5-v1_1")]
    [InlineData("t5-v1_1-encoder")]
    public void T5_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("deberta")]
    public void Deberta_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("deberta-v2")]
    [InlineData("deberta-v2-conv")]
    [InlineData("deberta-v2-seqcls")]
    public void DebertaV2_equals_the_original(string folder) => Check(folder);

    [SharedTheory]
    [InlineData("albert-groups")]
    [InlineData("deberta")]
    [InlineData("deberta-v2-conv")]
    [InlineData("mpnet")]
    [InlineData("roberta")]
    [InlineData("t5-v1_1-encoder")]
    public void A_sequence_has_the_same_bits_alone_and_in_any_company(string folder)
    {
        var model = Transformer.Load(Fixtures.InShared("fixtures/models/" + folder));
        int[][] sequences = [.. new[] { 3, 41, 1, 17 }.Select((length, s) => Enumerable.Range(0, length).Select(i => 4 + (((i * 7) + s) % 90)).ToArray())];
        foreach (var set in InstructionSets.Available)
        {
            using var run = new Computation(instructions: set);
            var batch = PackedBatch.From(sequences);
            var together = model.Forward(run, batch);
            for (var i = 0; i < sequences.Length; i++)
            {
                using var alone = new Computation(maxThreads: 1, instructions: set);
                var part = together.Values.Slice(batch.Offsets[i] * model.HiddenSize, sequences[i].Length * model.HiddenSize);
                model.Forward(alone, PackedBatch.From([sequences[i]])).Values.SequenceEqual(part).ShouldBeTrue($"{set}, sequence {i}");
            }
        }
    }

    private static void Check(string folder)
    {
        var path = Fixtures.InShared("fixtures/models/" + folder);
        var model = TaskModel.Load(path);
        var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(path, "expected.safetensors")));
        var decoder = model.HasDecoder ? new PaddedBatch(batch.File, "decoder_") : null;
        foreach (var set in InstructionSets.Available)
        {
            using var run = new Computation(instructions: set);
            var outputs = model.Forward(run, batch.Packed, decoder?.Packed);
            var names = batch.File.Tensors.Select(tensor => tensor.Name).Except(Inputs).ToArray();
            names.Length.ShouldBeGreaterThanOrEqualTo(4);
            foreach (var name in names)
            {
                var expected = (decoder is not null && name is not "encoder_last_hidden_state" && !name.StartsWith("hidden_states.", StringComparison.Ordinal) ? decoder : batch).Expected(name);
                var actual = outputs[name].Values.ToArray();
                actual.Length.ShouldBe(expected.Length, name);
                var words = name == "logits" && outputs[name].Columns == model.Body.VocabularySize;
                expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(words ? 1e-4f : 2e-5f, $"{set} {name}");
            }
        }

        ParametersAreThoseOfTheFile(path, model.Body);
    }

    private static void ParametersAreThoseOfTheFile(string path, Transformer body)
    {
        var stored = Checkpoint.Open(path).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape.ToArray());
        var bare = !stored.Keys.Any(name => name.StartsWith(body.WeightPrefix, StringComparison.Ordinal));
        foreach (var (name, tensor) in body.Parameters())
        {
            tensor.Shape.ToArray().ShouldBe(stored[bare ? name : body.WeightPrefix + name], name);
        }

        var own = stored.Keys.Where(name => body is T5Model
            ? name == "shared.weight" || name.StartsWith("encoder.", StringComparison.Ordinal)
            : bare || name.StartsWith(body.WeightPrefix, StringComparison.Ordinal));
        body.Parameters().Count().ShouldBe(own.Count());
    }
}

using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Transformers.T5;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

/// <summary>Tests each architecture against the recorded outputs of the original.</summary>
public class EncoderTests
{
    private static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids", "decoder_input_ids", "decoder_attention_mask"];

    [Theory]
    [InlineData("roberta")]
    [InlineData("roberta-mlm")]
    [InlineData("roberta-seqcls")]
    public void Roberta_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("xlm-roberta")]
    [InlineData("xlm-roberta-seqcls")]
    public void XlmRoberta_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("camembert")]
    public void Camembert_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("distilbert")]
    [InlineData("distilbert-mlm")]
    [InlineData("distilbert-seqcls")]
    public void DistilBert_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("electra")]
    [InlineData("electra-seqcls")]
    public void Electra_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("albert")]
    [InlineData("albert-groups")]
    public void Albert_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("mpnet")]
    public void MPNet_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("t5")]
    [InlineData("t5-encoder")]
    [InlineData("t5-v1_1")]
    [InlineData("t5-v1_1-encoder")]
    public void T5_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("deberta")]
    public void Deberta_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("deberta-v2")]
    [InlineData("deberta-v2-conv")]
    [InlineData("deberta-v2-seqcls")]
    public void DebertaV2_equals_the_original(string folder) => Check(folder);

    [Theory]
    [InlineData("albert-groups")]
    [InlineData("deberta")]
    [InlineData("deberta-v2-conv")]
    [InlineData("mpnet")]
    [InlineData("roberta")]
    [InlineData("t5-v1_1-encoder")]
    public void A_sequence_has_the_same_bits_alone_and_in_any_company(string folder)
    {
        var model = Transformer.Load(Fixtures.Own("models/" + folder));
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

    [Theory]
    [InlineData("albert-groups", "\"num_hidden_groups\": 2", "\"num_hidden_groups\": 9", "num_hidden_groups")]
    [InlineData("albert", "\"inner_group_num\": 1", "\"inner_group_num\": 100000", "inner_group_num")]
    [InlineData("deberta", "\"hidden_size\": 32", "\"hidden_size\": 65536", "in_proj.weight")]
    [InlineData("deberta-v2", "\"p2c\"", "\"p2p\"", "p2p")]
    [InlineData("deberta-v2", "\"position_buckets\": 8", "\"position_buckets\": 9", "rel_embeddings")]
    [InlineData("deberta-v2-conv", "\"conv_kernel_size\": 3", "\"conv_kernel_size\": 2", "conv_kernel_size")]
    [InlineData("distilbert", "\"n_heads\": 4", "\"n_heads\": 5", "n_heads")]
    [InlineData("electra", "\"embedding_size\": 24", "\"embedding_size\": 32", "word_embeddings")]
    [InlineData("mpnet", "\"relative_attention_num_buckets\": 32", "\"relative_attention_num_buckets\": 1", "relative_attention_num_buckets")]
    [InlineData("roberta", "\"pad_token_id\": 1", "\"pad_token_id\": 66", "pad_token_id")]
    [InlineData("t5", "\"feed_forward_proj\": \"relu\"", "\"feed_forward_proj\": \"gated-jelu\"", "jelu")]
    [InlineData("t5", "\"d_kv\": 12", "\"d_kv\": 13", "SelfAttention.q.weight")]
    [InlineData("t5", "\"relative_attention_max_distance\": 32", "\"relative_attention_max_distance\": 1", "relative_attention_max_distance")]
    public void A_configuration_that_lies_is_named_with_its_field(string fixture, string old, string replacement, string named)
    {
        using var folder = new ModelFolder(Fixtures.Own("models/" + fixture));
        folder.Edit("config.json", old, replacement);
        var message = Should.Throw<ModelFormatException>(() => Transformer.Load(folder.Path)).Message;
        message.ShouldContain(folder.Path);
        message.ShouldContain(named);
    }

    [Theory]
    [InlineData("deberta")]
    [InlineData("deberta-v2-conv")]
    [InlineData("mpnet")]
    [InlineData("roberta")]
    [InlineData("t5-encoder")]
    public void A_batch_without_sequences_has_no_states(string folder)
    {
        using var run = new Computation();
        Transformer.Load(Fixtures.Own("models/" + folder)).Forward(run, PackedBatch.From([])).Rows.ShouldBe(0);
    }

    private static void Check(string folder)
    {
        var path = Fixtures.Own("models/" + folder);
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
        var bare = !stored.Keys.Any(name => name.StartsWith(body.Architecture.Prefix, StringComparison.Ordinal));
        foreach (var (name, tensor) in body.Parameters())
        {
            tensor.Shape.ToArray().ShouldBe(stored[bare ? name : body.Architecture.Prefix + name], name);
        }

        var own = stored.Keys.Where(name => body is T5Model
            ? name == "shared.weight" || name.StartsWith("encoder.", StringComparison.Ordinal)
            : bare || name.StartsWith(body.Architecture.Prefix, StringComparison.Ordinal));
        body.Parameters().Count().ShouldBe(own.Count());
    }
}

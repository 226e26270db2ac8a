using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests.Tasks;

public class TaskModelTests
{
    [Theory]
    [InlineData("bert")]
    [InlineData("bert-bf16")]
    [InlineData("bert-fp16")]
    [InlineData("bert-gelu-new")]
    [InlineData("bert-mlm", 1e-4)]
    [InlineData("bert-pytorch-legacy")]
    [InlineData("bert-pytorch-zip")]
    [InlineData("bert-seqcls")]
    [InlineData("bert-sharded")]
    [InlineData("bert-tokcls")]
    public void Every_output_equals_the_original_on_every_instruction_set(string folder, double logitTolerance = 2e-5)
    {
        var model = TaskModel.Load(Fixtures.Own("models/" + folder));
        var batch = new PaddedBatch(SafetensorsFile.Open(Fixtures.Own($"models/{folder}/expected.safetensors")));
        foreach (var set in InstructionSets.Available)
        {
            using var run = new Computation(instructions: set);
            var outputs = model.Forward(run, batch.Packed);
            var compared = 0;
            foreach (var name in batch.File.Tensors.Select(tensor => tensor.Name).Where(name => name is not ("input_ids" or "attention_mask" or "token_type_ids")))
            {
                var expected = batch.Expected(name);
                var actual = outputs[name].Values;
                actual.Length.ShouldBe(expected.Length, name);
                var worst = Enumerable.Range(0, expected.Length).Max(i => Math.Abs(outputs[name].Values[i] - expected[i]));
                worst.ShouldBeLessThanOrEqualTo((float)(name == "logits" ? logitTolerance : 2e-5), $"{set} {name}");
                compared++;
            }

            compared.ShouldBeGreaterThanOrEqualTo(4);
        }
    }

    [Fact]
    public void Replaced_tokens_get_the_scores_that_PyTorch_gives()
    {
        var body = Fixtures.Own("models/electra");
        var head = SafetensorsFile.Open(Fixtures.Own("models/electra-pretraining/head.safetensors"));
        using var folder = new ModelFolder(body);
        folder.Edit("config.json", "ElectraModel", "ElectraForPreTraining");
        var writer = new SafetensorsWriter();
        foreach (var source in (Checkpoint[])[SafetensorsFile.Open(Path.Combine(body, "model.safetensors")), head])
        {
            foreach (var name in source.Tensors.Select(tensor => tensor.Name).Where(name => name != "logits"))
            {
                writer.Add(source == head ? name : "electra." + name, source.Read(name));
            }
        }

        writer.Save(Path.Combine(folder.Path, "model.safetensors"));
        var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(body, "expected.safetensors")));
        using var run = new Computation();
        var logits = TaskModel.Load(folder.Path).Forward(run, batch.Packed)["logits"].Values.ToArray();
        var expected = head.Read("logits").Values.ToArray();
        logits.Length.ShouldBe(batch.Kept.Length);
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i].ShouldBe(expected[batch.Kept[i]], 2e-5);
        }
    }

    [Fact]
    public void The_scores_of_answers_are_two_columns_of_a_layer_over_each_token()
    {
        using var folder = new ModelFolder("models/bert-tokcls");
        folder.Edit("config.json", "BertForTokenClassification", "BertForQuestionAnswering");
        var source = SafetensorsFile.Open(Fixtures.Own("models/bert-tokcls/model.safetensors"));
        var writer = new SafetensorsWriter();
        foreach (var name in source.Tensors.Select(tensor => tensor.Name))
        {
            var tensor = source.Read(name);
            writer.Add(name switch
            {
                "classifier.weight" => "qa_outputs.weight",
                "classifier.bias" => "qa_outputs.bias",
                _ => name,
            }, name.StartsWith("classifier.", StringComparison.Ordinal) ? First(tensor, 2) : tensor);
        }

        folder.Delete("model.safetensors");
        writer.Save(Path.Combine(folder.Path, "model.safetensors"));
        var batch = new PaddedBatch(SafetensorsFile.Open(Fixtures.Own("models/bert-tokcls/expected.safetensors")));
        var labels = batch.File.Info("logits").Shape[^1];
        using var run = new Computation();
        var outputs = TaskModel.Load(folder.Path).Forward(run, batch.Packed);
        foreach (var (name, column) in new[] { ("start_logits", 0), ("end_logits", 1) })
        {
            var expected = batch.Expected("logits").Where((_, i) => i % labels == column).ToArray();
            outputs[name].Shape.ToArray().ShouldBe([expected.Length, 1]);
            outputs[name].Values.ToArray().Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(2e-5f);
        }
    }

    // The names are those of the original's classes.
    [Theory]
    [InlineData("albert", "AlbertForMaskedLM", "predictions.dense", "predictions.LayerNorm", "predictions.bias")]
    [InlineData("deberta", "DebertaForMaskedLM", "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias")]
    [InlineData("deberta-v2", "DebertaV2ForMaskedLM", "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias")]
    [InlineData("electra", "ElectraForMaskedLM", "generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head.bias")]
    [InlineData("mpnet", "MPNetForMaskedLM", "lm_head.dense", "lm_head.layer_norm", "lm_head.bias")]
    public void A_masked_language_model_head_is_saved_under_the_original_names_and_loads_again(string fixture, string architecture, string dense, string norm, string bias)
    {
        using var folder = new ModelFolder(Fixtures.Own("models/" + fixture));
        var body = Transformer.Load(folder.Path, trainable: true);
        var created = TaskModel.CreateMaskedLanguageModel(body, seed: 3);
        created.HeadParameters.Select(parameter => parameter.Name).ShouldBe([dense + ".weight", dense + ".bias", norm + ".weight", norm + ".bias", bias]);
        body.Save(folder.Path);
        created.Save(folder.Path);
        ConfigurationFile.Read(Path.Combine(folder.Path, "config.json")).Texts("architectures").ShouldBe([architecture]);

        var batch = PackedBatch.From([[5, 6, 7], [8, 9]]);
        using var run = new Computation();
        var expected = created.Head!.Forward(run, body.Forward(run, batch), batch);
        var model = TaskModel.Load(folder.Path);
        var actual = model.Forward(run, batch)["logits"];
        actual.Columns.ShouldBe(body.VocabularySize);
        actual.Values.ToArray().ShouldBe(expected.Values.ToArray());
    }

    private static Tensor First(Tensor tensor, int rows) => tensor.Shape.Length == 1
        ? Tensor.From(tensor.Values[..rows], rows)
        : Tensor.From(tensor.Values[..(rows * tensor.Columns)], rows, tensor.Columns);

    [Fact]
    public void A_decoder_without_tokens_is_named()
    {
        var model = TaskModel.Load(Fixtures.Own("models/t5"));
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => model.Forward(run, PackedBatch.From([[5, 1]]))).Message.ShouldContain("decoder_input_ids");
    }
}

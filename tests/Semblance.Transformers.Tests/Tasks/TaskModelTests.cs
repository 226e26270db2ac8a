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
    public void A_head_that_is_not_supported_is_named()
    {
        using var folder = new ModelFolder("models/bert");
        folder.Edit("config.json", "\"BertModel\"", "\"BertForNextSentencePrediction\"");
        Should.Throw<ModelFormatException>(() => TaskModel.Load(folder.Path)).Message.ShouldContain("BertForNextSentencePrediction");
    }
}

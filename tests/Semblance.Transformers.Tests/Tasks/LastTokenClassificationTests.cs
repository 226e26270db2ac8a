using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests.Tasks;

/// <summary>Tests sequence classification with causal models: a layer over the last token that is not padding.</summary>
public class LastTokenClassificationTests
{
    [Theory]
    [InlineData("llama", "Llama")]
    [InlineData("mistral", "Mistral")]
    [InlineData("qwen2", "Qwen2")]
    [InlineData("gemma", "Gemma")]
    [InlineData("gpt2", "GPT2")]
    public void Logits_are_the_layer_over_the_recorded_last_state(string name, string className)
    {
        var source = Fixtures.Own("models/" + name);
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            File.WriteAllText(
                Path.Combine(folder.FullName, "config.json"),
                File.ReadAllText(Path.Combine(source, "config.json")).Replace($"\"{className}Model\"", $"\"{className}ForSequenceClassification\"", StringComparison.Ordinal));
            var stored = SafetensorsFile.Open(Path.Combine(source, "model.safetensors"));
            var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(source, "expected.safetensors")));
            var body = TaskModel.Load(source).Body;
            var score = Tensor.From([.. Enumerable.Range(0, 2 * body.HiddenSize).Select(i => MathF.Sin(i))], 2, body.HiddenSize);
            var writer = new SafetensorsWriter();
            foreach (var tensor in stored.Tensors)
            {
                writer.Add(tensor.Name, stored.Read(tensor.Name));
            }

            writer.Add("score.weight", score);
            writer.Save(Path.Combine(folder.FullName, "model.safetensors"));
            var model = TaskModel.Load(folder.FullName);
            using var run = new Computation();
            var outputs = model.Forward(run, batch.Packed);
            var hidden = batch.Expected("last_hidden_state");
            for (var i = 0; i < batch.Packed.Count; i++)
            {
                for (var label = 0; label < 2; label++)
                {
                    var last = batch.Packed.Offsets[i + 1] - 1;
                    var expected = Enumerable.Range(0, body.HiddenSize).Sum(k => (double)hidden[(last * body.HiddenSize) + k] * score.Row(label)[k]);
                    outputs["logits"].Row(i)[label].ShouldBe((float)expected, 2e-4f, $"{name} {i}");
                }
            }

            Directory.CreateDirectory(Path.Combine(folder.FullName, "saved"));
            model.Save(Path.Combine(folder.FullName, "saved"));
            TaskModel.Load(Path.Combine(folder.FullName, "saved")).Forward(run, batch.Packed)["logits"].Values.SequenceEqual(outputs["logits"].Values).ShouldBeTrue();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

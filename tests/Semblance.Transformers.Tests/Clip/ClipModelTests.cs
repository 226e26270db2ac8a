using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Transformers.Clip;

namespace Semblance.Transformers.Tests.Clip;

public class ClipModelTests
{
    [Theory]
    [InlineData("clip")]
    [InlineData("clip-eos")]
    public void Every_output_equals_the_original_on_every_instruction_set(string fixture)
    {
        var folder = Fixtures.Own("models/" + fixture);
        var model = ClipModel.Load(folder);
        var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors")));
        var pixels = batch.File.Read("pixel_values");
        foreach (var set in InstructionSets.Available)
        {
            using var run = new Computation(instructions: set);
            var text = model.Text.Forward(run, batch.Packed);
            var vision = model.Vision.Forward(run, pixels);
            var (texts, images) = (model.TextFeatures(run, batch.Packed), model.ImageFeatures(run, pixels));
            var (unitTexts, unitImages) = (run.Normalize(texts), run.Normalize(images));
            Check("text_last_hidden_state", text);
            Check("text_pooler_output", model.Text.Pool(run, text, batch.Packed));
            Check("text_features", texts);
            Check("text_embeds", unitTexts);
            Check("vision_pooler_output", model.Vision.Pool(run, vision));
            Check("image_features", images);
            Check("image_embeds", unitImages);
            Check("logits_per_text", run.Scale(run.Linear(unitTexts, new Linear(unitImages, null)), model.LogitScale), 1e-4);
            Compare(batch.File.Read("vision_last_hidden_state").Values.ToArray(), vision, 2e-5, "vision_last_hidden_state");

            void Check(string name, Tensor actual, double tolerance = 2e-5) => Compare(batch.Expected(name), actual, tolerance, $"{set} {name}");
        }
    }

    [Fact]
    public void The_tower_of_texts_alone_loads_as_a_transformer()
    {
        using var folder = new ModelFolder("models/bert");
        var clip = Fixtures.Own("models/clip");
        File.Copy(Path.Combine(clip, "model.safetensors"), Path.Combine(folder.Path, "model.safetensors"), overwrite: true);
        folder.Write("config.json", ConfigurationFile.Read(Path.Combine(clip, "config.json")).Section("text_config")!.Root.GetRawText());
        var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(clip, "expected.safetensors")));
        using var run = new Computation();
        Compare(batch.Expected("text_last_hidden_state"), Transformer.Load(folder.Path).Forward(run, batch.Packed), 2e-5, "text");
    }

    [Fact]
    public void Gradients_reach_every_parameter_of_both_towers_and_say_how_the_similarity_changes()
    {
        const float Step = 1e-3f;
        var folder = Fixtures.Own("models/clip");
        var model = ClipModel.Load(folder, trainable: true);
        var batch = new PaddedBatch(SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors")));
        var trained = model.Parameters().Where(parameter => parameter.Name != "logit_scale").ToArray();
        Tensor Sums(Computation run) => run.Add(model.TextFeatures(run, batch.Packed), model.ImageFeatures(run, batch.File.Read("pixel_values")));
        foreach (var (_, parameter) in trained)
        {
            parameter.RequiresGradient = true;
        }

        using (var run = new Computation(recording: true))
        {
            run.Backward(Sums(run));
        }

        double Loss()
        {
            using var run = new Computation();
            return Sums(run).Values.ToArray().Sum(value => (double)value);
        }

        foreach (var (name, parameter) in trained)
        {
            var gradient = parameter.Gradient.ShouldNotBeNull(name).Values.ToArray();
            var place = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            parameter.Writable[place] += Step;
            var above = Loss();
            parameter.Writable[place] -= 2 * Step;
            var below = Loss();
            parameter.Writable[place] += Step;
            ((above - below) / (2 * Step)).ShouldBe(gradient[place], 0.02 + (0.02 * Math.Abs(gradient[place])), name);
        }
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Should.Throw<ModelFormatException>(() => ClipModel.Load(Fixtures.Own("models/bert"))).Message.ShouldContain("'bert'; expected 'clip'");
        var model = ClipModel.Load(Fixtures.Own("models/clip"));
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => model.ImageFeatures(run, Tensor.Zeros(1, 3, 24, 24))).Message.ShouldContain("32 × 32");
    }

    private static void Compare(float[] expected, Tensor actual, double tolerance, string name)
    {
        actual.Length.ShouldBe(expected.Length, name);
        expected.Zip(actual.Values.ToArray(), (e, a) => Math.Abs(e - a)).Max().ShouldBeLessThanOrEqualTo((float)tolerance, name);
    }
}

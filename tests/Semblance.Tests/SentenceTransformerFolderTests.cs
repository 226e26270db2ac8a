using System.Text.Json;
using Semblance.Checkpoints;

namespace Semblance.Tests;

/// <summary>The folders of sentence encoders: those that are saved, and that of the bundled model.</summary>
public class SentenceTransformerFolderTests
{
    [Theory]
    [InlineData("mean-normalize")]
    [InlineData("cls-dense")]
    [InlineData("prompts-excluded")]
    [InlineData("multi-pool-layernorm")]
    public void A_saved_model_loads_again_with_the_same_bits_and_the_original_layout(string name)
    {
        var source = Fixtures.Own("st/" + name);
        var model = SentenceTransformer.Load(source);
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            model.Save(folder.FullName);
            foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(source, file)).Where(file => !file.StartsWith("expected", StringComparison.Ordinal)))
            {
                File.Exists(Path.Combine(folder.FullName, file)).ShouldBeTrue(file);
                if (file.EndsWith("config.json", StringComparison.Ordinal) && Path.GetDirectoryName(file) != "")
                {
                    using var before = JsonDocument.Parse(File.ReadAllText(Path.Combine(source, file)));
                    using var after = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.FullName, file)));
                    JsonElement.DeepEquals(before.RootElement, after.RootElement).ShouldBeTrue(file);
                }
            }

            var again = SentenceTransformer.Load(folder.FullName);
            again.ToString().ShouldBe(model.ToString());
            var sentences = SentenceTransformerTests.Sentences(source);
            again.EncodeQuery(sentences).Vectors.Values.SequenceEqual(model.EncodeQuery(sentences).Vectors.Values).ShouldBeTrue();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("mean-normalize")]
    [InlineData("cls-dense")]
    [InlineData("multi-pool-layernorm")]
    public void A_model_saved_in_half_precision_has_every_parameter_rounded_once(string name)
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/" + name));
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            var (once, twice, wide) = (Path.Combine(folder.FullName, "once"), Path.Combine(folder.FullName, "twice"), Path.Combine(folder.FullName, "wide"));
            model.Save(once, DType.F16);
            var files = Directory.GetFiles(once, "*.safetensors", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(once, file)).ToArray();
            files.SelectMany(file => SafetensorsFile.Open(Path.Combine(once, file)).Tensors).ShouldAllBe(tensor => tensor.DType == DType.F16);
            WeightType(once).ShouldBe("float16");

            var again = SentenceTransformer.Load(once);
            var originals = model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
            again.Parameters().Select(parameter => parameter.Name).ShouldBe(originals.Keys);
            foreach (var (key, value) in again.Parameters())
            {
                value.Values.ToArray().ShouldBe(originals[key].Values.ToArray().Select(weight => (float)(Half)weight), key);
            }

            // What is rounded already stays as it is, in both precisions.
            again.Save(twice, DType.F16);
            again.Save(wide);
            files.ShouldAllBe(file => File.ReadAllBytes(Path.Combine(once, file)).SequenceEqual(File.ReadAllBytes(Path.Combine(twice, file))));
            WeightType(wide).ShouldBe("float32");
            var sentences = SentenceTransformerTests.Sentences(Fixtures.Own("st/" + name));
            SentenceTransformer.Load(wide).Encode(sentences).Vectors.Values.SequenceEqual(again.Encode(sentences).Vectors.Values).ShouldBeTrue();
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static string? WeightType(string folder) => Transformers.ConfigurationFile.Read(Path.Combine(folder, "config.json")).Text("torch_dtype");
    }

    [Fact]
    public void The_default_model_lies_beside_the_program_and_encodes_both_its_languages()
    {
        var model = SentenceTransformer.LoadDefault();
        var vectors = model.Encode(["How do I reset my password?", "怎样重置我的密码？"]);
        vectors.Vectors.Shape.ToArray().ShouldBe([2, model.Dimension]);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "models"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(AppContext.BaseDirectory, Path.GetRelativePath(Fixtures.Repository, file));
            File.ReadAllBytes(copy).SequenceEqual(File.ReadAllBytes(file)).ShouldBeTrue(copy);
        }
    }

    [Fact]
    public void A_default_model_that_is_missing_is_asked_for_by_its_place_and_its_package()
    {
        var empty = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            Should.Throw<DirectoryNotFoundException>(() => DefaultModel.FolderBeside(empty.FullName)).Message.ShouldSatisfyAllConditions(
                message => message.ShouldStartWith(Path.Combine(empty.FullName, "models")), message => message.ShouldContain("Semblance.Models.Mini"));
        }
        finally
        {
            empty.Delete();
        }
    }
}

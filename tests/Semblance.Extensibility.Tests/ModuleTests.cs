using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Extensibility.Tests;

public sealed class ModuleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("semblance-").FullName;

    public ModuleTests() => ModuleRegistry.Register(ProjectionModule.TypeName, ProjectionModule.Load);

    [Fact]
    public void A_module_of_another_program_is_saved_and_loaded_by_its_registered_type()
    {
        var inner = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var projection = new ProjectionModule(new Linear(Tensor.From([.. Enumerable.Range(0, 3 * inner.Dimension).Select(i => MathF.Sin(i))], 3, inner.Dimension), null));
        var model = new SentenceTransformer([.. inner.Modules, projection], inner.Config);
        model.Dimension.ShouldBe(3);
        model.Save(_folder);
        File.ReadAllText(Path.Combine(_folder, "modules.json")).ShouldContain("3_Projection");

        var loaded = SentenceTransformer.Load(_folder);
        loaded.Encode("a man rides").ShouldBe(model.Encode("a man rides"));
        loaded.Warnings.ShouldBe(inner.Warnings);
        SentenceTransformer.LoadTrainable(_folder).Parameters().Select(parameter => parameter.Name).ShouldContain("3.weight");
    }

    [Fact]
    public void A_module_of_another_program_works_on_a_route()
    {
        var inner = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var projection = new ProjectionModule(new Linear(Tensor.From([.. Enumerable.Range(0, 3 * inner.Dimension).Select(i => MathF.Cos(i))], 3, inner.Dimension), null));
        IReadOnlyList<Module> modules = [.. inner.Modules, projection];
        var model = new SentenceTransformer([RouterModule.ForQueryAndDocument(modules, modules)]);
        model.Save(_folder);
        SentenceTransformer.Load(_folder).EncodeQuery(["a man rides"])[0].ToArray().ShouldBe(model.EncodeQuery(["a man rides"])[0].ToArray());
    }

    [Fact]
    public void What_a_module_of_another_program_requires_is_checked_at_load()
    {
        var inner = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var projection = new ProjectionModule(new Linear(Tensor.Zeros(3, inner.Dimension + 1), null));
        Should.Throw<ArgumentException>(() => new SentenceTransformer([.. inner.Modules, projection]))
            .Message.ShouldContain($"Projection, takes vectors of {inner.Dimension + 1} elements, but gets {inner.Dimension}");
    }

    [Fact]
    public void A_type_of_the_original_cannot_be_registered() =>
        Should.Throw<ArgumentException>(() => ModuleRegistry.Register("sentence_transformers.models.Pooling", ProjectionModule.Load)).Message.ShouldContain("choose a name of your own");

    [Fact]
    public void A_type_that_nobody_registered_is_refused_by_name()
    {
        SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Save(_folder);
        var path = Path.Combine(_folder, "modules.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("sentence_transformers.models.Normalize", "example.modules.Unknown", StringComparison.Ordinal));
        Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(_folder)).Message.ShouldContain("'example.modules.Unknown' is not supported");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using Microsoft.Extensions.Logging.Abstractions;
using Semblance.Server.Models;
using Semblance.Tensors;

namespace Semblance.Server.Tests.Models;

/// <summary>Models that are loaded when they are needed, and unloaded.</summary>
public class ModelHostTests
{
    private readonly List<string> _loaded = [];
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_model_is_loaded_once_by_the_first_request()
    {
        using var host = Create(new ServerOptions { Models = [Model("a", TestServer.DenseModel), Model("b", TestServer.CrossModel)] });
        _loaded.ShouldBeEmpty();
        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.AcquireAsync("a", ModelTask.Embed, default)));
        _loaded.ShouldBe([TestServer.DenseModel]);
        leases.Select(lease => lease.Model).Distinct().ShouldHaveSingleItem();
        host.Loaded.ShouldHaveSingleItem().Served.Name.ShouldBe("a");
    }

    [Fact]
    public async Task Two_names_of_one_folder_are_one_model_unless_they_compute_differently()
    {
        using var host = Create(new ServerOptions
        {
            Models =
            [
                Model("a", TestServer.DenseModel), Model("b", TestServer.DenseModel),
                new ServedModel("c", TestServer.DenseModel, ComputeType.Int8),
            ],
        });
        var models = new List<LoadedModel>();
        foreach (var name in (string[])["a", "b", "c"])
        {
            using var lease = await host.AcquireAsync(name, ModelTask.Embed, default);
            models.Add(lease.Model);
        }

        models[1].ShouldBeSameAs(models[0]);
        models[2].Compute.ShouldBe(ComputeType.Int8);
        _loaded.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Beyond_the_memory_limit_the_model_that_was_not_used_for_the_longest_time_is_unloaded()
    {
        var size = new HostedModel(Model("a", TestServer.DenseModel), TestServer.DenseModel).Size;
        using var host = Create(new ServerOptions
        {
            Models = [Model("a", TestServer.DenseModel), Model("b", TestServer.PromptsModel), Model("c", TestServer.CrossModel)],
            MemoryLimit = size * 5 / 2,
        });
        await UseAsync(host, "a");
        await UseAsync(host, "b");
        await UseAsync(host, "a");
        await UseAsync(host, "c");
        host.Loaded.Select(model => model.Served.Name).ShouldBe(["a", "c"], ignoreOrder: true);
        using (await host.AcquireAsync("a", ModelTask.Any, default))
        {
            using (await host.AcquireAsync("c", ModelTask.Any, default))
            {
                await UseAsync(host, "b");
                host.Loaded.Count().ShouldBe(3, "models in use stay");
            }
        }
    }

    [Fact]
    public async Task An_idle_model_is_unloaded_and_loaded_again_when_it_is_needed()
    {
        using var host = Create(new ServerOptions { Models = [Model("a", TestServer.DenseModel)], IdleTimeout = TimeSpan.FromMinutes(5) });
        using (await host.AcquireAsync("a", ModelTask.Any, default))
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            host.Loaded.ShouldHaveSingleItem();
        }

        _time.Advance(TimeSpan.FromMinutes(4));
        host.Loaded.ShouldHaveSingleItem();
        _time.Advance(TimeSpan.FromMinutes(4));
        host.Loaded.ShouldBeEmpty();
        await UseAsync(host, "a");
        _loaded.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_model_that_could_not_be_loaded_is_tried_again()
    {
        var attempts = 0;
        using var host = new ModelHost(
            new ServerOptions { Models = [Model("a", TestServer.DenseModel)] }, NullLogger<ModelHost>.Instance, null, _time,
            (folder, compute) => ++attempts == 1 ? throw new IOException("busy") : LoadedModel.Load(folder, compute));
        await Should.ThrowAsync<IOException>(host.AcquireAsync("a", ModelTask.Any, default));
        await UseAsync(host, "a");
        attempts.ShouldBe(2);
    }

    [Fact]
    public void Models_must_exist_and_have_different_names()
    {
        Should.Throw<DirectoryNotFoundException>(() => Create(new ServerOptions { Models = [Model("a", "no/such/folder")] }));
        Should.Throw<ArgumentException>(() => Create(
            new ServerOptions { Models = [Model("a", TestServer.DenseModel), Model("a", TestServer.CrossModel)] }));
    }

    [Theory]
    [InlineData("default", "default", "default", ComputeType.Float32)]
    [InlineData("small=models/small:int8", "small", "models/small", ComputeType.Int8)]
    [InlineData("org/name:BFloat16", "org/name", "org/name", ComputeType.BFloat16)]
    [InlineData("a=C:/models", "a", "C:/models", ComputeType.Float32)]
    public void A_model_of_the_command_line_is_parsed(string text, string name, string model, ComputeType compute) =>
        ServedModel.Parse(text).ShouldBe(new ServedModel(name, model, compute));

    [Theory]
    [InlineData("")]
    [InlineData("=models")]
    [InlineData("name=")]
    public void A_model_without_a_name_or_a_folder_is_an_error(string text) => Should.Throw<FormatException>(() => ServedModel.Parse(text));

    private static ServedModel Model(string name, string folder) => new(name, folder);

    private async Task UseAsync(ModelHost host, string name)
    {
        using var lease = await host.AcquireAsync(name, ModelTask.Any, default);
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private ModelHost Create(ServerOptions options) => new(options, NullLogger<ModelHost>.Instance, null, _time, (folder, compute) =>
    {
        _loaded.Add(folder);
        return LoadedModel.Load(folder, compute);
    });
}

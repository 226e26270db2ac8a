using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Semblance.Tensors;

namespace Semblance.Extensions.AI.Tests.Hosting;

public class DependencyInjectionTests
{
    [Fact]
    public async Task A_generator_is_resolved_without_loading_the_model()
    {
        await using var services = new ServiceCollection().AddSemblance().BuildServiceProvider();
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var source = services.GetRequiredService<ModelSource<SentenceTransformer>>();
        source.Loaded.ShouldBeNull();
        (await generator.GenerateAsync(["a"]))[0].Vector.ToArray().ShouldBe(Models.Default.Encode("a"));
        source.Loaded.ShouldNotBeNull();
        services.GetRequiredService<IEmbeddingGenerator>().ShouldBeSameAs(generator);
    }

    [Fact]
    public async Task Several_models_have_their_keys()
    {
        await using var services = new ServiceCollection()
            .AddKeyedSemblance("short", options => options.Dimensions = 32)
            .AddKeyedSemblance("prompted", options =>
            {
                options.Model = Fixtures.Own("st/prompts-dot");
                options.Input = EmbeddingInput.Query;
            })
            .BuildServiceProvider();
        var shortened = services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("short");
        (await shortened.GenerateAsync(["a"]))[0].Dimensions.ShouldBe(32);
        var prompted = services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("prompted");
        (await prompted.GenerateAsync(["a"]))[0].Vector.ToArray().ShouldBe(Models.Prompted.EncodeQuery(["a"])[0].ToArray());
        services.GetService<IEmbeddingGenerator<string, Embedding<float>>>().ShouldBeNull();
    }

    [Fact]
    public async Task Options_are_bound_to_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Semblance:Model"] = Fixtures.Own("st/prompts-dot"),
            ["Semblance:ComputeType"] = "Int8",
            ["Semblance:Input"] = "Document",
            ["Semblance:MaxThreads"] = "1",
            ["Semblance:Normalize"] = "true",
        }).Build();
        await using var services = new ServiceCollection().AddSemblance(configuration.GetSection("Semblance")).BuildServiceProvider();
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var settings = generator.GetService<EmbeddingSettings>()!;
        (settings.Input, settings.Encoding.MaxThreads, settings.Encoding.Normalize).ShouldBe((EmbeddingInput.Document, (int?)1, true));
        await generator.GenerateAsync(["a"]);
        services.GetRequiredService<ModelSource<SentenceTransformer>>().Loaded!.Compute.ShouldBe(ComputeType.Int8);
    }

    [Fact]
    public async Task A_host_loads_the_models_while_it_starts()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSemblance().AddKeyedSemblance("later", options => options.WarmUp = false);
        builder.Services.AddHealthChecks().AddSemblance(tags: ["ready"]);
        using var host = builder.Build();
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        (await checks.CheckHealthAsync()).Status.ShouldBe(HealthStatus.Degraded);
        await host.StartAsync();
        host.Services.GetRequiredService<ModelSource<SentenceTransformer>>().Loaded.ShouldNotBeNull();
        var later = host.Services.GetRequiredKeyedService<ModelSource<SentenceTransformer>>("later");
        later.Loaded.ShouldBeNull();
        await later.GetAsync();
        (await checks.CheckHealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_model_that_is_missing_stops_the_start_and_is_unhealthy()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSemblance(options => options.Model = "/nowhere/model");
        builder.Services.AddHealthChecks().AddSemblance();
        using var host = builder.Build();
        await Should.ThrowAsync<DirectoryNotFoundException>(() => host.StartAsync());
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        report.Status.ShouldBe(HealthStatus.Unhealthy);
        report.Entries["semblance"].Data["/nowhere/model"].ShouldBe("failed");
    }

    [Fact]
    public async Task A_load_that_failed_is_attempted_again()
    {
        var attempts = 0;
        var source = new ModelSource<string>("text", _ => ++attempts == 1 ? throw new IOException("not yet") : Task.FromResult("loaded"));
        await Should.ThrowAsync<IOException>(() => source.GetAsync());
        source.Error.ShouldBeOfType<IOException>();
        (await source.GetAsync()).ShouldBe("loaded");
        (await source.GetAsync()).ShouldBe("loaded");
        (attempts, source.Error).ShouldBe((2, null));
    }

    [Fact]
    public async Task A_reranker_orders_as_its_model()
    {
        await using var services = new ServiceCollection()
            .AddSemblanceReranker(options => options.Model = Models.CrossEncoderFolder)
            .AddSemblanceSparseEncoder(options => options.Model = Fixtures.Own("st/splade"), "splade")
            .BuildServiceProvider();
        string[] documents = ["a cat", "a dog runs", "", "the weather"];
        var expected = Reranker.Load(Models.CrossEncoderFolder).Rank("dogs", documents);
        var reranker = services.GetRequiredService<IReranker>();
        var response = await reranker.RerankAsync("dogs", documents);
        response.Results.ShouldBe(expected);
        response.Usage!.InputTokenCount.ShouldNotBeNull().ShouldBeGreaterThan(0);
        (await reranker.RerankAsync("dogs", documents, new RerankOptions { TopN = 2 })).Results.ShouldBe(expected[..2]);
        (await reranker.RerankAsync("dogs", documents, new RerankOptions { ScoreThreshold = expected[1].Score })).Results
            .ShouldBe(expected.TakeWhile(document => document.Score >= expected[1].Score));
        (await reranker.RerankAsync("dogs", [])).Results.ShouldBeEmpty();
        await Should.ThrowAsync<ArgumentException>(() => reranker.RerankAsync("dogs", documents, new RerankOptions { ModelId = "other" }));

        var sparse = services.GetRequiredKeyedService<IEmbeddingGenerator<string, SparseVectorEmbedding>>("splade");
        (await sparse.GenerateAsync(["a"]))[0].Vector.ToDense().ShouldBe(Models.Splade.Encode("a").ToDense());
    }
}

using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Semblance.Extensions.AI.Tests.Caching;

public class EmbeddingCacheTests
{
    private static readonly string[] Texts = ["A child is riding a bicycle.", "小狗在草地上奔跑。", "", "a", "a"];

    public static TheoryData<string> Caches => ["distributed", "hybrid"];

    [Theory]
    [MemberData(nameof(Caches))]
    public async Task Cached_texts_have_the_bits_of_the_model_and_do_not_call_it(string kind)
    {
        await using var services = Services();
        using var counting = new CountingGenerator(Models.Default.AsEmbeddingGenerator());
        var cached = Cached(services, kind, counting);
        var expected = Models.Default.Encode(Texts).ToJaggedArray();
        var first = await cached.GenerateAsync(Texts);
        first.Select(embedding => embedding.Vector.ToArray()).ShouldBe(expected);
        counting.Texts.ShouldBe(4); // of two equal texts, one is encoded
        first.Usage!.InputTokenCount!.Value.ShouldBeGreaterThan(0);

        var second = await cached.GenerateAsync(Texts);
        second.Select(embedding => embedding.Vector.ToArray()).ShouldBe(expected);
        second.ShouldAllBe(embedding => embedding.ModelId == "semblance");
        second.Usage!.InputTokenCount.ShouldBe(0);
        counting.Texts.ShouldBe(4);

        (await cached.GenerateAsync(["a", "new"]))[1].Vector.ToArray().ShouldBe(Models.Default.Encode("new"));
        counting.Texts.ShouldBe(5);
        (await cached.GenerateAsync([])).ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_option_prompt_or_model_has_another_entry()
    {
        await using var services = Services();
        var cache = services.GetRequiredService<IDistributedCache>();
        using var counting = new CountingGenerator(Models.Prompted.AsEmbeddingGenerator());
        var cached = counting.WithCache(cache);
        EmbeddingGenerationOptions?[] requests =
        [
            null,
            new() { Dimensions = 2 },
            new EmbeddingGenerationOptions().WithInput(EmbeddingInput.Query),
            new EmbeddingGenerationOptions().WithInput(EmbeddingInput.Document),
            new() { AdditionalProperties = new() { ["prompt"] = "x" } },
            new() { AdditionalProperties = new() { ["normalize"] = true } },
            new() { RawRepresentationFactory = _ => new EncodeOptions { Dimensions = 1 } },
        ];
        for (var round = 0; round < 2; round++)
        {
            foreach (var request in requests)
            {
                await cached.GenerateAsync(["a"], request);
            }

            counting.Texts.ShouldBe(requests.Length);
        }

        using var other = new CountingGenerator(Models.Default.AsEmbeddingGenerator());
        await other.WithCache(cache).GenerateAsync(["a"]);
        other.Texts.ShouldBe(1);
        await Should.ThrowAsync<ArgumentException>(
            () => cached.GenerateAsync(["a"], new EmbeddingGenerationOptions { AdditionalProperties = new() { ["promt"] = "x" } }));
    }

    [Fact]
    public async Task A_damaged_entry_is_computed_again()
    {
        var cache = new DamagedCache();
        using var counting = new CountingGenerator(Models.Default.AsEmbeddingGenerator());
        var cached = counting.WithCache(cache);
        for (var round = 0; round < 2; round++)
        {
            (await cached.GenerateAsync(["a"]))[0].Vector.ToArray().ShouldBe(Models.Default.Encode("a"));
        }

        counting.Texts.ShouldBe(2);
    }

    [Fact]
    public async Task A_truncated_text_is_reported_from_the_cache_too()
    {
        await using var services = Services();
        var cached = Models.Default.AsEmbeddingGenerator().WithCache(services.GetRequiredService<IDistributedCache>());
        var text = string.Concat(Enumerable.Repeat("word ", 2000));
        await cached.GenerateAsync([text]);
        (await cached.GenerateAsync([text]))[0].AdditionalProperties!["truncated"].ShouldBe(true);
    }

    [Fact]
    public async Task A_named_model_is_not_loaded_for_cached_texts()
    {
        await using var services = Services();
        var cache = services.GetRequiredService<IDistributedCache>();
        var options = new EmbeddingCacheOptions { ModelFingerprint = "mini-1" };
        var vector = (await Models.Default.AsEmbeddingGenerator("default").WithCache(cache, options).GenerateAsync(["a"]))[0].Vector.ToArray();
        await using var lazy = new ServiceCollection().AddSemblance().BuildServiceProvider();
        var generator = lazy.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        (await generator.WithCache(cache, options).GenerateAsync(["a"]))[0].Vector.ToArray().ShouldBe(vector);
        lazy.GetRequiredService<ModelSource<SentenceTransformer>>().Loaded.ShouldBeNull();
    }

    [Fact]
    public async Task A_generator_of_another_library_needs_a_name()
    {
        await using var services = Services();
        var cache = services.GetRequiredService<IDistributedCache>();
        using var foreign = new ForeignGenerator();
        (await Should.ThrowAsync<InvalidOperationException>(() => foreign.WithCache(cache).GenerateAsync(["a"])))
            .Message.ShouldContain("ModelFingerprint");
        var cached = foreign.WithCache(cache, new EmbeddingCacheOptions { ModelFingerprint = "foreign-1" });
        await cached.GenerateAsync(["a"]);
        await cached.GenerateAsync(["a"]);
        foreign.Calls.ShouldBe(1);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection().AddDistributedMemoryCache();
        services.AddHybridCache();
        return services.BuildServiceProvider();
    }

    private static IEmbeddingGenerator<string, Embedding<float>> Cached(
        IServiceProvider services, string kind, IEmbeddingGenerator<string, Embedding<float>> generator) =>
        kind == "hybrid"
            ? generator.WithCache(services.GetRequiredService<HybridCache>())
            : generator.WithCache(services.GetRequiredService<IDistributedCache>());

    private sealed class CountingGenerator(IEmbeddingGenerator<string, Embedding<float>> inner)
        : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
    {
        public int Texts { get; private set; }

        public override Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Texts += values.Count();
            return base.GenerateAsync(values, options, cancellationToken);
        }
    }

    private sealed class ForeignGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public int Calls { get; private set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(_ => new Embedding<float>(new float[] { 1 }))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    // Returns entries that were cut off.
    private sealed class DamagedCache : IDistributedCache
    {
        private readonly MemoryDistributedCache _entries = new(Options.Create(new MemoryDistributedCacheOptions()));

        public byte[]? Get(string key) => _entries.Get(key)?[..^1];

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult(Get(key));

        public void Refresh(string key) => _entries.Refresh(key);

        public Task RefreshAsync(string key, CancellationToken token = default) => _entries.RefreshAsync(key, token);

        public void Remove(string key) => _entries.Remove(key);

        public Task RemoveAsync(string key, CancellationToken token = default) => _entries.RemoveAsync(key, token);

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => _entries.Set(key, value, options);

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
            _entries.SetAsync(key, value, options, token);
    }
}

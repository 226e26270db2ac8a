#:package Microsoft.Extensions.Caching.Hybrid
#:package Microsoft.Extensions.Hosting
#:project ../src/Semblance.Extensions.AI/Semblance.Extensions.AI.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// The embedding generator of Microsoft.Extensions.AI from a host, with warm-up, health and a cache: dotnet run examples/embedding-generator.cs
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Semblance;
using Semblance.Extensions.AI;

var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddSemblance(options => options.Input = EmbeddingInput.Document); // or AddSemblance(configuration.GetSection("Semblance"))
builder.Services.AddKeyedSemblance("short", options => options.Dimensions = 64);
builder.Services.AddHealthChecks().AddSemblance();
builder.Services.AddHybridCache();
using var host = builder.Build();
await host.StartAsync(); // loads the models
Console.WriteLine($"health: {(await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status}");

var generator = host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>()
    .WithCache(host.Services.GetRequiredService<HybridCache>());
string[] texts = ["A child is riding a bicycle.", "小狗在草地上奔跑。", "The stock market fell sharply."];
var documents = await generator.GenerateAsync(texts);
var query = await generator.GenerateAsync(["Two kids cycle down the street"], new EmbeddingGenerationOptions().WithInput(EmbeddingInput.Query));
foreach (var (text, document) in texts.Zip(documents))
{
    Console.WriteLine($"{Similarity.Of(query[0].Vector.Span, document.Vector.Span, SimilarityFunction.Cosine):F3}  {text}");
}

var again = await generator.GenerateAsync(texts);
Console.WriteLine($"{documents.Usage!.InputTokenCount} tokens the first time, {again.Usage!.InputTokenCount} from the cache");

var shorter = host.Services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("short");
Console.WriteLine($"{(await shorter.GenerateAsync(texts))[0].Dimensions} dimensions of {documents[0].Dimensions}");
await host.StopAsync();

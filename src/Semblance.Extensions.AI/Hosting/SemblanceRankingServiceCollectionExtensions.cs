using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Semblance;
using Semblance.Extensions.AI;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers rerankers and sparse encoders of Semblance with dependency injection.</summary>
/// <remarks>
/// A model is loaded once, when the host starts or when it is first used, and shared. With a service key, several models can be registered
/// side by side. The options of a kind of model have the name <c>reranker</c> or <c>sparse</c>, followed by <c>:</c> and the service key if
/// there is one.
/// </remarks>
public static class SemblanceRankingServiceCollectionExtensions
{
    /// <summary>Adds a reranking model: <see cref="IReranker"/>, and <see cref="ModelSource{TModel}"/> of <see cref="Reranker"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">The function that sets the options; <see langword="null"/> for the bundled default model.</param>
    /// <param name="serviceKey">The service key; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSemblanceReranker(
        this IServiceCollection services, Action<SemblanceModelOptions>? configure = null, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var name = Name("reranker", serviceKey);
        SemblanceServiceCollectionExtensions.AddModel<Reranker, SemblanceModelOptions>(
            services, serviceKey, name, configure, LoadRerankerAsync, model => model.Warnings);
        SemblanceServiceCollectionExtensions.Add<IReranker>(services, serviceKey, provider =>
        {
            var options = SemblanceServiceCollectionExtensions.OptionsOf<SemblanceModelOptions>(provider, name);
            return new ModelReranker(
                SemblanceServiceCollectionExtensions.Get<ModelSource<Reranker>>(provider, serviceKey),
                new PredictOptions
                {
                    Truncation = options.Truncation,
                    BatchTokens = options.BatchTokens,
                    MaxThreads = options.MaxThreads,
                },
                provider.GetService<ILoggerFactory>());
        });
        return services;
    }

    /// <summary>Adds a reranking model whose options are bound to a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, whose keys are the properties of <see cref="SemblanceModelOptions"/>.</param>
    /// <param name="serviceKey">The service key; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSemblanceReranker(
        this IServiceCollection services, IConfiguration section, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<SemblanceModelOptions>(Name("reranker", serviceKey)).Bind(section);
        return services.AddSemblanceReranker((Action<SemblanceModelOptions>?)null, serviceKey);
    }

    /// <summary>
    /// Adds a sparse encoder: <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of texts with <see cref="SparseVectorEmbedding"/>, and
    /// <see cref="ModelSource{TModel}"/> of <see cref="SparseEncoder"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">The function that sets the options, of which the model has no default.</param>
    /// <param name="serviceKey">The service key; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSemblanceSparseEncoder(
        this IServiceCollection services, Action<SemblanceModelOptions>? configure, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var name = Name("sparse", serviceKey);
        SemblanceServiceCollectionExtensions.AddModel<SparseEncoder, SemblanceModelOptions>(
            services, serviceKey, name, configure, LoadSparseAsync, model => model.Warnings);
        SemblanceServiceCollectionExtensions.Add<IEmbeddingGenerator<string, SparseVectorEmbedding>>(services, serviceKey, provider =>
        {
            var options = SemblanceServiceCollectionExtensions.OptionsOf<SemblanceModelOptions>(provider, name);
            return new SparseEmbeddingGenerator(
                SemblanceServiceCollectionExtensions.Get<ModelSource<SparseEncoder>>(provider, serviceKey),
                new SparseEncodeOptions
                {
                    Truncation = options.Truncation,
                    BatchTokens = options.BatchTokens,
                    MaxThreads = options.MaxThreads,
                },
                provider.GetService<ILoggerFactory>());
        });
        return services;
    }

    /// <summary>Adds a sparse encoder whose options are bound to a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, whose keys are the properties of <see cref="SemblanceModelOptions"/>.</param>
    /// <param name="serviceKey">The service key; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSemblanceSparseEncoder(
        this IServiceCollection services, IConfiguration section, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<SemblanceModelOptions>(Name("sparse", serviceKey)).Bind(section);
        return services.AddSemblanceSparseEncoder((Action<SemblanceModelOptions>?)null, serviceKey);
    }

    private static string Name(string kind, string? key) => key is null ? kind : $"{kind}:{key}";

    private static async Task<Reranker> LoadRerankerAsync(SemblanceModelOptions options, CancellationToken cancellationToken)
    {
        var folder = await FolderAsync(options, cancellationToken).ConfigureAwait(false);
        return Reranker.Load(folder, options.ComputeType);
    }

    private static async Task<SparseEncoder> LoadSparseAsync(SemblanceModelOptions options, CancellationToken cancellationToken) =>
        options.Download
            ? await SparseEncoder.LoadAsync(options.Model, options.Revision, null, options.ComputeType, cancellationToken)
                .ConfigureAwait(false)
            : SparseEncoder.Load(options.Model, options.ComputeType);

    // A reranker can be one of several kinds of model, and its folder says which.
    private static async Task<string> FolderAsync(SemblanceModelOptions options, CancellationToken cancellationToken)
    {
        var model = DefaultModel.Resolve(options.Model);
        if (Directory.Exists(model))
        {
            return model;
        }

        using var hub = new Semblance.Checkpoints.HubClient();
        return options.Download
            ? await hub.DownloadAsync(model, options.Revision, null, cancellationToken).ConfigureAwait(false)
            : hub.FindCached(model) ?? throw new DirectoryNotFoundException(
                $"{model}: there is no such folder, and the cache of the Hugging Face Hub has no such model; set Download to true, or "
                + $"download it with the command semblance download {model}.");
    }
}

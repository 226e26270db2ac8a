using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Semblance;
using Semblance.Extensions.AI;
using Semblance.Transformers.Images;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the models of Semblance with dependency injection.</summary>
/// <remarks>
/// A model is loaded once, when the host starts or when it is first used, and shared. With a service key, several models can be registered
/// side by side; their options are the named options of that key.
/// </remarks>
public static class SemblanceServiceCollectionExtensions
{
    /// <summary>
    /// Adds an embedding model: <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of texts and of images with
    /// <see cref="Embedding{T}"/> of <see cref="float"/>, and <see cref="ModelSource{TModel}"/> of <see cref="SentenceTransformer"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">The function that sets the options; <see langword="null"/> for the bundled default model.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSemblance(this IServiceCollection services, Action<SemblanceOptions>? configure = null) =>
        AddEmbeddings(services, null, Options.Options.DefaultName, configure);

    /// <summary>Adds an embedding model whose options are bound to a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, whose keys are the properties of <see cref="SemblanceOptions"/>.</param>
    /// <returns>The services.</returns>
    /// <inheritdoc cref="AddSemblance(IServiceCollection, Action{SemblanceOptions}?)" path="/summary"/>
    public static IServiceCollection AddSemblance(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<SemblanceOptions>().Bind(section);
        return AddEmbeddings(services, null, Options.Options.DefaultName, null);
    }

    /// <summary>Adds an embedding model with a service key.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The service key, which is also the name of the options.</param>
    /// <param name="configure">The function that sets the options; <see langword="null"/> for the bundled default model.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKeyedSemblance(
        this IServiceCollection services, string serviceKey, Action<SemblanceOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        return AddEmbeddings(services, serviceKey, serviceKey, configure);
    }

    /// <summary>Adds an embedding model with a service key, whose options are bound to a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The service key, which is also the name of the options.</param>
    /// <param name="section">The section, whose keys are the properties of <see cref="SemblanceOptions"/>.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKeyedSemblance(this IServiceCollection services, string serviceKey, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(serviceKey);
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<SemblanceOptions>(serviceKey).Bind(section);
        return AddEmbeddings(services, serviceKey, serviceKey, null);
    }

    /// <summary>Adds a health check that reports whether the registered models are loaded.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The name of the check; <c>semblance</c> by default.</param>
    /// <param name="failureStatus">The status if a model cannot be loaded; <see langword="null"/> for unhealthy.</param>
    /// <param name="tags">The tags of the check, such as <c>ready</c>.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddSemblance(
        this IHealthChecksBuilder builder, string name = "semblance", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name,
            services => new ModelHealthCheck(services, services.GetServices<ModelRegistration>()),
            failureStatus,
            tags));
    }

    internal static void AddModel<
        TModel, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        IServiceCollection services,
        object? key,
        string name,
        Action<TOptions>? configure,
        Func<TOptions, CancellationToken, Task<TModel>> load,
        Func<TModel, IReadOnlyList<string>> warnings)
        where TModel : class
        where TOptions : SemblanceModelOptions
    {
        services.AddOptions<TOptions>(name);
        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        Add(services, key, provider =>
        {
            var options = OptionsOf<TOptions>(provider, name);
            return ModelRegistration.Logged(provider, options.Model, cancellationToken => load(options, cancellationToken), warnings);
        });
        services.AddSingleton(new ModelRegistration(
            provider => Get<ModelSource<TModel>>(provider, key), provider => OptionsOf<TOptions>(provider, name)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ModelWarmUp>());
    }

    internal static void Add<TService>(IServiceCollection services, object? key, Func<IServiceProvider, TService> create)
        where TService : class
    {
        if (key is null)
        {
            services.AddSingleton(create);
        }
        else
        {
            services.AddKeyedSingleton(key, (provider, _) => create(provider));
        }
    }

    internal static TOptions OptionsOf<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        IServiceProvider services, string name)
        where TOptions : class => services.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name);

    internal static TService Get<TService>(IServiceProvider services, object? key)
        where TService : class =>
        key is null ? services.GetRequiredService<TService>() : services.GetRequiredKeyedService<TService>(key);

    private static IServiceCollection AddEmbeddings(
        IServiceCollection services, object? key, string name, Action<SemblanceOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddModel(services, key, name, configure, LoadAsync, model => model.Warnings);
        Add<IEmbeddingGenerator<string, Embedding<float>>>(services, key, provider =>
            new TextEmbeddingGenerator<Embedding<float>>(
                Get<ModelSource<SentenceTransformer>>(provider, key), Settings(provider, name)));
        Add<IEmbeddingGenerator<DataContent, Embedding<float>>>(services, key, provider =>
            new ImageEmbeddingGenerator<Embedding<float>>(
                Get<ModelSource<SentenceTransformer>>(provider, key), Settings(provider, name), ImageReader.Default));
        Add<IEmbeddingGenerator>(services, key, provider => Get<IEmbeddingGenerator<string, Embedding<float>>>(provider, key));
        return services;
    }

    private static async Task<SentenceTransformer> LoadAsync(SemblanceOptions options, CancellationToken cancellationToken) =>
        options.Download
            ? await SentenceTransformer.LoadAsync(options.Model, options.Revision, null, options.ComputeType, cancellationToken)
                .ConfigureAwait(false)
            : SentenceTransformer.Load(options.Model, options.ComputeType);

    private static EmbeddingSettings Settings(IServiceProvider services, string name)
    {
        var options = OptionsOf<SemblanceOptions>(services, name);
        return new EmbeddingSettings
        {
            Input = options.Input,
            LoggerFactory = services.GetService<ILoggerFactory>(),
            Encoding = new EncodeOptions
            {
                Prompt = options.Prompt,
                PromptName = options.PromptName,
                Dimensions = options.Dimensions,
                Normalize = options.Normalize,
                Truncation = options.Truncation,
                BatchTokens = options.BatchTokens,
                MaxThreads = options.MaxThreads,
            },
        };
    }
}

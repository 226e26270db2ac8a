namespace Semblance.Tests;

/// <summary>
/// Recorded outputs of the original libraries. A part is kept in <c>tests/fixtures</c>; the rest (third parties'
/// vocabularies, large sets) lies outside the repository, where <c>SEMBLANCE_SHARED</c> or <c>../shared</c> says.
/// </summary>
internal static class Fixtures
{
    /// <summary>The repository's root folder.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder with everything recorded and all data sets, or null where there is none.</summary>
    public static string? Shared { get; } = FindShared();

    /// <summary>A fixture that is part of the repository, such as <c>models/bert</c>.</summary>
    public static string Own(string path) => Path.Combine(Repository, "tests", "fixtures", path);

    /// <summary>A file below the shared folder; only for tests marked <see cref="SharedFactAttribute"/> or <see cref="SharedTheoryAttribute"/>.</summary>
    public static string InShared(string path) =>
        Path.Combine(Shared ?? throw new InvalidOperationException("the shared fixtures are absent"), path);

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Semblance.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Semblance.slnx above {AppContext.BaseDirectory}.");
    }

    private static string? FindShared()
    {
        var folder = Environment.GetEnvironmentVariable("SEMBLANCE_SHARED") ?? Path.Combine(Repository, "..", "shared");
        return Directory.Exists(Path.Combine(folder, "fixtures")) ? Path.GetFullPath(folder) : null;
    }
}

/// <summary>A test that reads the shared fixtures, skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute() => Skip = Fixtures.Shared is null ? "needs the shared fixtures (SEMBLANCE_SHARED)" : null;
}

/// <summary>A parameterized test that reads the shared fixtures, skipped where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute() => Skip = Fixtures.Shared is null ? "needs the shared fixtures (SEMBLANCE_SHARED)" : null;
}

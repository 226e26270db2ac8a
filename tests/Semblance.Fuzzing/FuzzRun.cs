using System.Diagnostics;
using System.Globalization;

namespace Semblance.Fuzzing;

/// <summary>
/// Tries a target with mutated inputs. An input must end in a result or in a documented exception, and within the target's budget of
/// memory. One that does not is written to <c>artifacts/fuzzing</c>, and its number repeats it.
/// </summary>
internal sealed class FuzzRun(FuzzTarget target)
{
    // Not a measurement: only what never ends takes so long.
    private static readonly TimeSpan Endless = TimeSpan.FromMinutes(2);

    // A message is for people, whatever the file has where a name should be.
    private const int LongestMessage = 4096;

    // Faults of different kinds are told in one run.
    private const int MostFaults = 20;

    private readonly Dictionary<string, (int Number, Exception Fault)> _faults = [];
    private int _number = -1;

    /// <summary>The number of inputs of a target: <c>SEMBLANCE_FUZZ_INPUTS</c>, or a few seconds' worth.</summary>
    public static int Inputs => Setting("SEMBLANCE_FUZZ_INPUTS", 300);

    /// <summary>The number of the first input: <c>SEMBLANCE_FUZZ_FIRST</c>, or 0.</summary>
    public static int First => Setting("SEMBLANCE_FUZZ_FIRST", 0);

    private static string Output => Path.Combine(Fixtures.Repository, "artifacts", "fuzzing");

    /// <summary>Tries the seeds, which must be read, then the mutated inputs; fails with the first fault of each kind.</summary>
    public void Execute()
    {
        // A thread of its own: what does not end can be told from what is slow, and allocations are counted by thread.
        var thread = new Thread(TryAll) { IsBackground = true };
        var (last, clock) = (int.MinValue, Stopwatch.StartNew());
        thread.Start();
        while (!thread.Join(TimeSpan.FromSeconds(1)))
        {
            var number = Volatile.Read(ref _number);
            if (number != last)
            {
                (last, clock) = (number, Stopwatch.StartNew());
            }
            else if (clock.Elapsed > Endless)
            {
                _faults["endless"] = (number, new InvalidOperationException($"does not end within {Endless}"));
                break;
            }
        }

        if (_faults.Count > 0)
        {
            throw new InvalidOperationException(string.Join("\n\n", _faults.Values.Select(Describe)));
        }
    }

    private string Describe((int Number, Exception Fault) found)
    {
        var (number, fault) = found;
        var (message, trace) = (fault.Message, fault.StackTrace ?? "");
        return $"{target.Name}: input {number}: {fault.GetType().Name}: {message[..Math.Min(message.Length, 500)]}\n{trace[..Math.Min(trace.Length, 2000)]}\n"
            + $"Its files are in {Keep(number)}; repeat it by SEMBLANCE_FUZZ_FIRST={number} SEMBLANCE_FUZZ_INPUTS=1.";
    }

    private void TryAll()
    {
        try
        {
            foreach (var seed in target.Seeds)
            {
                target.Action(seed);
                seed.Delete();
            }
        }
        catch (Exception exception)
        {
            _faults["seed"] = (-1, exception);
            return;
        }

        Directory.CreateDirectory(Output);
        using var journal = new StreamWriter(Path.Combine(Output, $"{target.Name}.txt")); // after a crash of the process it has the input's number
        var count = Math.Max(1, (int)(Inputs * target.Share));
        for (var number = First; number < First + count && _faults.Count < MostFaults; number++)
        {
            Volatile.Write(ref _number, number);
            journal.BaseStream.Position = 0;
            journal.WriteLine(number);
            journal.Flush();
            try
            {
                Try(new Mutator(target.Name, number).Mutate(target.Seeds));
            }
            catch (Exception exception)
            {
                _faults.TryAdd($"{exception.GetType()} {Place(exception)}", (number, exception));
            }
        }
    }

    // Where it was thrown: one kind of fault.
    private static string Place(Exception exception) =>
        exception.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Semblance", StringComparison.Ordinal)) ?? "";

    private void Try(FuzzInput input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Action(input);
        }
        catch (Exception exception) when (target.Allowed.Any(type => type.IsInstanceOfType(exception)))
        {
            if (exception.Message.Length > LongestMessage)
            {
                throw new InvalidOperationException($"a message of {exception.Message.Length} characters, expected at most {LongestMessage}: {exception.Message}");
            }
        }
        finally
        {
            input.Delete();
        }

        var (allocated, allowed) = (GC.GetAllocatedBytesForCurrentThread() - before, target.Bytes + (target.BytesPerByte * input.Length));
        if (allocated > allowed)
        {
            throw new InvalidOperationException($"allocates {allocated >> 20} MiB, expected at most {allowed >> 20} MiB");
        }
    }

    private string Keep(int number)
    {
        if (number < 0)
        {
            return "its seeds";
        }

        var folder = Path.Combine(Output, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{number}"));
        return new Mutator(target.Name, number).Mutate(target.Seeds).WriteTo(folder);
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : usual;
}

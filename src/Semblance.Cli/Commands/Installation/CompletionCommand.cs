using System.CommandLine;
using Semblance.Cli.Options;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>completion</c>, which writes the script that completes command lines in a shell.</summary>
/// <remarks>The scripts ask the command itself: <c>semblance [suggest:POSITION] LINE</c> is System.CommandLine's directive.</remarks>
internal sealed class CompletionCommand : CliCommand
{
    private const string Bash =
        """
        # semblance completion bash >> ~/.bashrc
        _semblance() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(semblance "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _semblance semblance
        """;

    private const string Zsh =
        """
        # semblance completion zsh >> ~/.zshrc
        _semblance() {
            local -a found
            found=("${(@f)$(semblance "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a found
            _files
        }
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
        compdef _semblance semblance
        """;

    private const string Fish =
        """
        # semblance completion fish > ~/.config/fish/completions/semblance.fish
        complete -c semblance -a '(semblance "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    private const string Pwsh =
        """
        # semblance completion pwsh >> $PROFILE
        Register-ArgumentCompleter -Native -CommandName semblance -ScriptBlock {
            param($word, $line, $position)
            semblance "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    private readonly Argument<string> _shell = new("SHELL") { Description = "The shell: bash, zsh, fish or pwsh" };

    public CompletionCommand(Host host)
        : base("completion", "Writes the script that completes commands, options and their values in a shell", host)
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        Add(_shell);
    }

    protected override Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        Host.Text.WriteLine(arguments.GetValue(_shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => Pwsh,
        });
        return Task.CompletedTask;
    }
}

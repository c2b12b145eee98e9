// A click on the extension's button opens the panel, and lets it see the tab that was in front.
chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: true })
